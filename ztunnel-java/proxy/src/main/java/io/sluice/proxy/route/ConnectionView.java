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
 * @param clientNamespace of the calling workload
 * @param clientLabels of the calling workload
 */
public record ConnectionView(
    InetSocketAddress originalDestination,
    Optional<String> sni,
    Optional<String> named,
    String clientNamespace,
    Map<String, String> clientLabels) {
  public ConnectionView {
    Objects.requireNonNull(originalDestination, "originalDestination");
    Objects.requireNonNull(sni, "sni");
    Objects.requireNonNull(named, "named");
    Objects.requireNonNull(clientNamespace, "clientNamespace");
    Objects.requireNonNull(clientLabels, "clientLabels");
  }
}
