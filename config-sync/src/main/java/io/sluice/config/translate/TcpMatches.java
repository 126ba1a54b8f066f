package io.sluice.config.translate;

import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.tcp.TcpMatch;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads one entry of {@code match} of a {@code tls} or {@code tcp} rule. As in {@link HttpMatches},
 * a condition that can't be checked makes the entry one that never holds.
 */
final class TcpMatches {
  private static final String MESH = "mesh";

  private TcpMatches() {}

  /**
   * Empty when it never holds for calls between workloads.
   *
   * @param hosts of the VirtualService
   */
  static Optional<TcpMatch> tls(Fields fields, List<String> hosts) {
    List<String> sniHosts =
        fields.texts(
            "sniHosts",
            text ->
                Hosts.parse(text)
                    .filter(name -> hosts.stream().anyMatch(host -> covers(host, name))),
            "a server name that is one of the hosts " + hosts + " or is covered by one");
    if (fields.count("sniHosts") == 0) {
      fields.error("sniHosts", "at least one server name, such as one of the hosts " + hosts);
    }
    return read(fields, sniHosts);
  }

  /** Empty when it never holds for calls between workloads. */
  static Optional<TcpMatch> tcp(Fields fields) {
    return read(fields, List.of());
  }

  private static Optional<TcpMatch> read(Fields fields, List<String> sniHosts) {
    List<AddressBlock> subnets =
        fields.texts("destinationSubnets", Subnets::parse, Subnets.EXPECTED);
    OptionalInt port = fields.port("port");
    Map<String, String> sourceLabels = fields.textMap("sourceLabels");
    Optional<String> sourceNamespace =
        fields.text("sourceNamespace").filter(text -> !text.isEmpty());
    List<String> gateways = fields.texts("gateways");
    boolean never = false;
    if (fields.has("sourceSubnet")) {
      fields.ignore("sourceSubnet");
      fields.notSupportedValue(
          "sourceSubnet",
          "other conditions: this one is not supported, so this match never holds; use"
              + " sourceLabels or sourceNamespace");
      never = true;
    }
    never |= fields.done();
    return never || !(gateways.isEmpty() || gateways.contains(MESH))
        ? Optional.empty()
        : Optional.of(new TcpMatch(sniHosts, subnets, port, sourceLabels, sourceNamespace));
  }

  /** As Istio compares server names and hosts: both as they are written. */
  private static boolean covers(String host, String sniHost) {
    return host.startsWith("*") ? sniHost.endsWith(host.substring(1)) : host.equals(sniHost);
  }
}
