package io.sluice.agent.cli;

import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads {@code HOST:PORT} or {@code [IPV6]:PORT}; the port is 0..65535, 0 lets the kernel choose.
 */
public final class HostPort implements ITypeConverter<InetSocketAddress> {

  private static final int PORT_MAX = 65535;
  private static final String EXPECTED =
      "' (expected: HOST:PORT such as 127.0.0.1:15000 or [::1]:15000, port 0..65535)";

  @Override
  public InetSocketAddress convert(String value) {
    int colon = value.lastIndexOf(':');
    String host = colon < 0 ? "" : value.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw wrong(value, EXPECTED);
    }
    if (host.isEmpty()) {
      throw wrong(value, EXPECTED);
    }
    InetSocketAddress address =
        new InetSocketAddress(host, port(value, value.substring(colon + 1)));
    if (address.isUnresolved()) {
      throw wrong(value, "' (expected: a host that can be resolved; " + host + " can't)");
    }
    return address;
  }

  private static int port(String value, String digits) {
    if (digits.isEmpty()
        || digits.length() > 5
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw wrong(value, EXPECTED);
    }
    int port = Integer.parseInt(digits);
    if (port > PORT_MAX) {
      throw wrong(value, EXPECTED);
    }
    return port;
  }

  private static TypeConversionException wrong(String value, String expected) {
    return new TypeConversionException("'" + value + expected);
  }
}
