package io.sluice.agent.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.mesh.workload.Workload;
import java.time.Duration;
import java.util.TreeMap;

/** Services, clusters and workloads as JSON. */
final class MeshJson {
  private MeshJson() {}

  static String name(ServicePort port) {
    return port.service().host() + ":" + port.port();
  }

  static void service(ObjectNode node, ServicePort port) {
    node.put("host", port.service().host());
    node.put("name", port.service().name());
    node.put("namespace", port.service().namespace());
    node.put("port", port.port());
    node.put("protocol", port.protocol().name());
    node.put("cluster", port.cluster().id().toString());
  }

  static void workload(ObjectNode node, Workload workload) {
    node.put("namespace", workload.namespace());
    node.put("pod", workload.podName());
    node.put("workload", workload.name());
    node.put("serviceAccount", workload.serviceAccount());
    node.put("cluster", workload.cluster());
    ObjectNode labels = node.putObject("labels");
    new TreeMap<>(workload.labels()).forEach(labels::put);
  }

  static void cluster(ObjectNode node, Cluster cluster) {
    node.put("name", cluster.id().toString());
    node.put("service", cluster.service().host());
    node.put("loadBalancer", cluster.loadBalancer().name());
    node.put("connectTimeoutMillis", cluster.connectTimeout().toMillis());
    tcp(node, cluster.tcp());
    cluster.tls().ifPresent(tls -> tls(node.putObject("tls"), tls));
    discovery(node, cluster.discovery());
  }

  private static void tcp(ObjectNode node, TcpOptions tcp) {
    // As in a DestinationRule, 0 is never.
    node.put("idleTimeoutMillis", tcp.idleTimeout().orElse(Duration.ZERO).toMillis());
    tcp.keepalive()
        .ifPresent(keepalive ->
            node.putObject("tcpKeepalive")
                .put("timeSeconds", keepalive.time().toSeconds())
                .put("intervalSeconds", keepalive.interval().toSeconds())
                .put("probes", keepalive.probes()));
  }

  private static void tls(ObjectNode node, UpstreamTls tls) {
    node.put("sni", tls.sni());
    tls.subjectAltNames().forEach(node.putArray("subjectAltNames")::add);
    node.put("caCertificates", tls.caCertificates().orElse(""));
    node.put("insecureSkipVerify", tls.insecureSkipVerify());
  }

  private static void discovery(ObjectNode node, Discovery discovery) {
    switch (discovery) {
      case Discovery.Listed listed -> {
        node.put("discovery", "listed");
        ArrayNode endpoints = node.putArray("endpoints");
        listed.endpoints().forEach(endpoint -> endpoint(endpoints.addObject(), endpoint));
      }
      case Discovery.Dns dns -> {
        node.put("discovery", "dns");
        ArrayNode names = node.putArray("names");
        dns.names().forEach(name -> names.add(name.host() + ":" + name.port()));
      }
      case Discovery.OriginalDestination _ -> node.put("discovery", "originalDestination");
    }
  }

  private static void endpoint(ObjectNode node, Endpoint endpoint) {
    node.put("address", Addresses.text(endpoint.address()));
    node.put(
        "pod", endpoint.workload().map(pod -> pod.namespace() + "/" + pod.podName()).orElse(""));
  }
}
