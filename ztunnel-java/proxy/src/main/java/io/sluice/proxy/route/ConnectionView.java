package io.sluice.proxy.route;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What routing may know of a connection that is not HTTP.
 *
 * @param originalDestination what the app dialled; resolved
 * @param sni the server name of a TLS ClientHello, lower case; empty: none was sent, or not TLS
 * @param named the host whose address was dialled, found by DNS among {@link TcpRouter#namedHosts}
 * @param encrypted whether it is TLS already, with a server name or without
 * @param clientNamespace of the calling workload
 * @param clientLabels of the calling workload
 */
public record ConnectionView(
    InetSocketAddress originalDestination,
    Optional<String> sni,
    Optional<String> named,
    boolean encrypted,
    String clientNamespace,
    Map<String, String> clientLabels) {
  public ConnectionView {
    Objects.requireNonNull(originalDestination, "originalDestination");
    Objects.requireNonNull(sni, "sni");
    Objects.requireNonNull(named, "named");
    Objects.requireNonNull(clientNamespace, "clientNamespace");
    Objects.requireNonNull(clientLabels, "clientLabels");
  }

  /** TLS if it has a server name. */
  public ConnectionView(
      InetSocketAddress originalDestination,
      Optional<String> sni,
      Optional<String> named,
      String clientNamespace,
      Map<String, String> clientLabels) {
    this(originalDestination, sni, named, sni.isPresent(), clientNamespace, clientLabels);
  }
}
