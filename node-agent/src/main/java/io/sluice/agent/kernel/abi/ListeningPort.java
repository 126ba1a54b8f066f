package io.sluice.agent.kernel.abi;

import java.net.InetAddress;

/**
 * A listening socket's end.
 *
 * @param address 0.0.0.0 or :: for any of its family
 * @param port 1..65535
 */
public record ListeningPort(InetAddress address, int port) {
  public ListeningPort {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
  }
}
