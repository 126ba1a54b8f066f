package io.sluice.proxy.route;

import java.util.Locale;

/** The host of an authority, in the form in which the table keeps hosts. */
final class HostName {
  private HostName() {}

  /**
   * Lower case, without port, brackets and trailing dot; never fails, for an authority is whatever
   * a client sent.
   *
   * @param authority {@code Web.Shop:8080}, {@code [::1]:80}, {@code web.}, or empty
   */
  static String of(String authority) {
    String host = withoutPort(authority.strip());
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    return host.toLowerCase(Locale.ROOT);
  }

  private static String withoutPort(String authority) {
    if (authority.startsWith("[")) {
      int end = authority.indexOf(']');
      return end < 0 ? authority : authority.substring(1, end);
    }
    int colon = authority.indexOf(':');
    // Two colons without brackets: a bare IPv6 address, which has no port.
    return colon < 0 || authority.indexOf(':', colon + 1) >= 0
        ? authority
        : authority.substring(0, colon);
  }
}
