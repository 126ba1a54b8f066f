package io.sluice.agent.view;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** Addresses as people and URLs write them. */
public final class Addresses {
  private Addresses() {}

  /** {@code 10.0.0.1:80} or {@code [fd00:0:0:0:0:0:0:1]:80}; the address must be resolved. */
  public static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host)
        + ":"
        + address.getPort();
  }
}
