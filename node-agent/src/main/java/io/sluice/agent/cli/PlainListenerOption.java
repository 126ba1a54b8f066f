package io.sluice.agent.cli;

import io.sluice.agent.PlainListener;
import io.sluice.proxy.PlainAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT=NAMESPACE/POD} or {@code HOST:PORT=NAMESPACE/POD:DESTINATION_PORT}. */
final class PlainListenerOption implements ITypeConverter<PlainListener> {

  private static final int DESTINATION_PORT_DEFAULT = 80;
  private static final int PORT_MAX = 65535;

  /** Names as Kubernetes has them: RFC 1123 label and subdomain. */
  private static final Pattern POD =
      Pattern.compile(
          "(?<namespace>[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)"
              + "/(?<pod>[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?)"
              + "(:(?<port>[0-9]{1,5}))?");

  private static final String EXPECTED =
      "' (expected: HOST:PORT=NAMESPACE/POD[:DESTINATION_PORT] such as 127.0.0.1:8080=shop/web:80)";

  @Override
  public PlainListener convert(String value) {
    int equals = value.indexOf('=');
    if (equals < 0) {
      throw wrong(value, EXPECTED);
    }
    Matcher pod = POD.matcher(value.substring(equals + 1));
    if (!pod.matches()) {
      throw wrong(value, EXPECTED);
    }
    return new PlainListener(
        new PlainAddress(
            listen(value, value.substring(0, equals)), destinationPort(value, pod.group("port"))),
        pod.group("namespace"),
        pod.group("pod"));
  }

  private static InetSocketAddress listen(String value, String address) {
    try {
      return new HostPort().convert(address);
    } catch (TypeConversionException e) {
      throw wrong(value, "': " + e.getMessage());
    }
  }

  private static int destinationPort(String value, @Nullable String digits) {
    if (digits == null) {
      return DESTINATION_PORT_DEFAULT;
    }
    int port = Integer.parseInt(digits);
    if (port < 1 || port > PORT_MAX) {
      throw wrong(value, "' (expected: a destination port of 1..65535, not " + port + ")");
    }
    return port;
  }

  private static TypeConversionException wrong(String value, String expected) {
    return new TypeConversionException("'" + value + expected);
  }
}
