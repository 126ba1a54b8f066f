package io.sluice.config.compile;

import java.net.Inet6Address;
import java.net.InetAddress;

/** Addresses as text. */
final class Addresses {
  private Addresses() {}

  /**
   * As a client writes it in a Host header: {@code 10.0.0.1}, {@code [fd00:0:0:0:0:0:0:1]} (RFC
   * 3986 section 3.2.2).
   */
  static String asHost(InetAddress address) {
    return address instanceof Inet6Address
        ? "[" + address.getHostAddress() + "]"
        : address.getHostAddress();
  }
}
