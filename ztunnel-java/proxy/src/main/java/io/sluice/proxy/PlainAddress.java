package io.sluice.proxy;

import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * Where an ordinary listener is, and what stands for the original destination that its connections
 * don't have: the Host header chooses among the hosts of that port.
 *
 * @param listen resolved, in the agent's own network namespace; port 0 lets the kernel choose
 * @param destinationPort 1..65535
 */
public record PlainAddress(InetSocketAddress listen, int destinationPort) {
  public PlainAddress {
    Objects.requireNonNull(listen, "listen");
    if (destinationPort < 1 || destinationPort > 65535) {
      throw new IllegalArgumentException(
          "destinationPort: " + destinationPort + " (expected: 1..65535)");
    }
  }
}
