package io.sluice.agent.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Where the demo's agent has its admin port when the user does not say: 15000 if it is free. */
final class AdminAddress {
  private static final int USUAL_PORT = 15000;
  private static final int ANY_PORT = 0;

  private AdminAddress() {}

  static InetSocketAddress free() {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    try {
      return bindable(loopback, USUAL_PORT);
    } catch (IOException taken) {
      try {
        return bindable(loopback, ANY_PORT);
      } catch (IOException failed) {
        throw new DemoFault("no free port on 127.0.0.1 for the agent's admin: " + failed, failed);
      }
    }
  }

  private static InetSocketAddress bindable(InetAddress address, int port) throws IOException {
    try (ServerSocket probe = new ServerSocket(port, 1, address)) {
      return new InetSocketAddress(address, probe.getLocalPort());
    }
  }
}
