package io.sluice.mesh.tcp;

import io.sluice.mesh.service.AddressBlock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Conditions that must all hold; Istio's L4MatchAttributes and TLSMatchAttributes. Every part that
 * is empty holds for each connection.
 *
 * @param sniHosts one must be the TLS server name: lower case, exact, {@code *.example.com} for all
 *     names below, or {@code *}. Not empty in a route of {@code tls}, empty in one of {@code tcp}
 * @param destinationSubnets one must hold the original destination's address
 * @param port of the host that was dialled; for a headless service its own, not the pod's
 * @param sourceLabels the caller's labels, all must be equal
 * @param sourceNamespace the caller's namespace
 */
public record TcpMatch(
    List<String> sniHosts,
    List<AddressBlock> destinationSubnets,
    OptionalInt port,
    Map<String, String> sourceLabels,
    Optional<String> sourceNamespace) {
  /** Holds for every connection. */
  public static final TcpMatch ANY =
      new TcpMatch(List.of(), List.of(), OptionalInt.empty(), Map.of(), Optional.empty());

  public TcpMatch {
    sniHosts = List.copyOf(sniHosts);
    destinationSubnets = List.copyOf(destinationSubnets);
    Objects.requireNonNull(port, "port");
    sourceLabels = Map.copyOf(sourceLabels);
    Objects.requireNonNull(sourceNamespace, "sourceNamespace");
  }
}
