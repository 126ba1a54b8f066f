package io.sluice.config.translate;

import io.sluice.mesh.service.AppProtocol;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a port says it speaks: appProtocol, then the prefix of its name, then well-known numbers, as
 * in Istio.
 */
final class Protocols {
  private static final Map<String, AppProtocol> BY_NAME =
      Map.ofEntries(
          Map.entry("http", AppProtocol.HTTP),
          Map.entry("http2", AppProtocol.HTTP2),
          Map.entry("grpc", AppProtocol.GRPC),
          // gRPC-Web travels over HTTP/1.1 as well.
          Map.entry("grpc-web", AppProtocol.HTTP),
          Map.entry("https", AppProtocol.TLS),
          Map.entry("tls", AppProtocol.TLS),
          Map.entry("tcp", AppProtocol.TCP),
          Map.entry("mongo", AppProtocol.TCP),
          Map.entry("mysql", AppProtocol.TCP),
          Map.entry("redis", AppProtocol.TCP),
          Map.entry("udp", AppProtocol.UDP));

  private static final Map<String, AppProtocol> KUBERNETES =
      Map.of(
          "kubernetes.io/h2c", AppProtocol.HTTP2,
          "kubernetes.io/ws", AppProtocol.HTTP,
          "kubernetes.io/wss", AppProtocol.TLS);

  /** SMTP, DNS, MySQL, MongoDB: the server speaks first, or it is never HTTP. */
  private static final Set<Integer> NEVER_SNIFFED = Set.of(25, 53, 3306, 27017);

  private Protocols() {}

  static AppProtocol of(Optional<String> appProtocol, String portName, int number) {
    return appProtocol
        .flatMap(Protocols::declared)
        .or(() -> byPrefix(portName.toLowerCase(Locale.ROOT)))
        .orElse(NEVER_SNIFFED.contains(number) ? AppProtocol.TCP : AppProtocol.UNDECLARED);
  }

  /** A protocol by its own name, in any case. */
  static Optional<AppProtocol> declared(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return Optional.ofNullable(BY_NAME.get(lower))
        .or(() -> Optional.ofNullable(KUBERNETES.get(lower)));
  }

  private static Optional<AppProtocol> byPrefix(String portName) {
    if (portName.equals("grpc-web") || portName.startsWith("grpc-web-")) {
      return Optional.ofNullable(BY_NAME.get("grpc-web"));
    }
    int dash = portName.indexOf('-');
    return Optional.ofNullable(BY_NAME.get(dash < 0 ? portName : portName.substring(0, dash)));
  }
}
