package io.sluice.proxy.telemetry;

import io.prometheus.metrics.model.snapshots.Labels;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.fault.ResponseFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Label names and values as Istio's dashboards expect them. No label is ever left out: Kiali skips
 * a series that lacks one.
 */
final class EdgeLabels {
  static final String UNKNOWN = "unknown";

  private static final String LATEST = "latest";
  private static final String PASSTHROUGH = "PassthroughCluster";
  private static final String NO_TLS = "none";

  private EdgeLabels() {}

  /** All labels of an HTTP series but {@code response_code} and {@code response_flags}. */
  static Labels http(Edge edge) {
    return of(edge, "http").add("grpc_response_status", "");
  }

  /** All labels of a TCP series but {@code response_flags}. */
  static Labels tcp(Edge edge) {
    return of(edge, "tcp");
  }

  static Labels withFlag(Labels edge, ResponseFlag flag) {
    return edge.add("response_flags", flag.code());
  }

  static Labels withOutcome(Labels edge, int responseCode, ResponseFlag flag) {
    return withFlag(edge, flag).add("response_code", Integer.toString(responseCode));
  }

  private static Labels of(Edge edge, String protocol) {
    Pairs pairs = new Pairs();
    pairs.add("reporter", edge.reporter() == Reporter.SOURCE ? "source" : "destination");
    addPeer(pairs, "source_", edge.source());
    addPeer(pairs, "destination_", edge.destination());
    addService(pairs, edge.service());
    pairs.add("request_protocol", protocol);
    // Only the destination knows how it was reached; the source can't vouch for it.
    pairs.add(
        "connection_security_policy", edge.reporter() == Reporter.DESTINATION ? NO_TLS : UNKNOWN);
    return Labels.of(pairs.names, pairs.values);
  }

  private static void addPeer(Pairs pairs, String prefix, Optional<Workload> peer) {
    pairs.add(prefix + "workload", peer.map(Workload::name).orElse(UNKNOWN));
    pairs.add(prefix + "workload_namespace", peer.map(Workload::namespace).orElse(UNKNOWN));
    // A principal is what a certificate says; without mutual TLS nobody has shown one.
    pairs.add(prefix + "principal", UNKNOWN);
    pairs.add(prefix + "app", peer.map(Workload::app).orElse(UNKNOWN));
    pairs.add(prefix + "version", peer.map(Workload::version).orElse(UNKNOWN));
    pairs.add(prefix + "canonical_service", peer.map(Workload::canonicalService).orElse(UNKNOWN));
    pairs.add(prefix + "canonical_revision", peer.map(Workload::canonicalRevision).orElse(LATEST));
    pairs.add(prefix + "cluster", peer.map(Workload::cluster).orElse(UNKNOWN));
  }

  private static void addService(Pairs pairs, Optional<ServiceId> service) {
    pairs.add("destination_service", service.map(ServiceId::host).orElse(UNKNOWN));
    pairs.add("destination_service_name", service.map(ServiceId::name).orElse(PASSTHROUGH));
    pairs.add("destination_service_namespace", service.map(ServiceId::namespace).orElse(UNKNOWN));
  }

  private static final class Pairs {
    final List<String> names = new ArrayList<>(24);
    final List<String> values = new ArrayList<>(24);

    void add(String name, String value) {
      names.add(name);
      values.add(value.isEmpty() ? UNKNOWN : value);
    }
  }
}
