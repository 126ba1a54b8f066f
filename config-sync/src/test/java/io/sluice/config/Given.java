package io.sluice.config;

import io.sluice.config.compile.Compiled;
import io.sluice.config.compile.Compiler;
import io.sluice.config.publish.ResourceStore;
import io.sluice.config.translate.ManifestReader;
import io.sluice.mesh.RouteTable;
import io.sluice.mesh.http.HostRules;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.problem.Problem.Severity;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.service.TrafficSplit;
import io.sluice.mesh.tcp.TcpRoute;
import io.sluice.mesh.tcp.TcpRules;
import io.sluice.mesh.workload.MeshPod;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What YAML compiles to, for tests of rules. */
final class Given {
  /** A namespace and a service in it, with a pod that stands behind it. */
  static final String SHOP =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: shop, labels: {sluice.io/mesh: enabled}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: web, namespace: shop}
      spec:
        clusterIP: 10.0.0.1
        selector: {app: web}
        ports: [{name: http, port: 80, targetPort: 8080}]
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: web-1, namespace: shop, labels: {app: web, version: v1}}
      status: {podIP: 10.1.0.1}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: web-2, namespace: shop, labels: {app: web, version: v2}}
      status: {podIP: 10.1.0.2}
      """;

  static final String WEB = "web.shop.svc.cluster.local";

  private final Compiled compiled;
  private final List<Problem> problems = new ArrayList<>();

  private Given(String yaml) {
    TreeMap<String, io.sluice.config.translate.FileContent> files = new TreeMap<>();
    files.put("test.yaml", new ManifestReader().read("test.yaml", yaml));
    ResourceStore.Snapshot snapshot = new ResourceStore().update(files);
    compiled = Compiler.compile(snapshot.resources(), 1);
    problems.addAll(snapshot.problems());
    problems.addAll(compiled.problems());
  }

  static Given yaml(String... documents) {
    return new Given(String.join("\n---\n", documents));
  }

  /** The shop with one VirtualService for web; the text is its {@code spec.http}. */
  static Given shopWithRules(String http) {
    return yaml(SHOP, rules("web", "shop", "[web]", http));
  }

  /** Fields of {@code spec.http} in flow style. */
  static String rules(String name, String namespace, String hosts, String http) {
    return """
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: %s, namespace: %s}
    spec:
      hosts: %s
      http: %s
    """
        .formatted(name, namespace, hosts, http);
  }

  /** A VirtualService with tls and tcp rules; the text is the rest of its spec in flow style. */
  static String tcpRules(String name, String namespace, String hosts, String spec) {
    return """
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: %s, namespace: %s}
    spec: {hosts: %s, %s}
    """
        .formatted(name, namespace, hosts, spec);
  }

  static String entry(String name, String namespace, String spec) {
    return """
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: %s, namespace: %s}
    spec: {%s}
    """
        .formatted(name, namespace, spec);
  }

  static String destinationRule(String name, String namespace, String spec) {
    return """
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: %s, namespace: %s}
    spec: {%s}
    """
        .formatted(name, namespace, spec);
  }

  RouteTable table() {
    return compiled.table();
  }

  List<MeshPod> pods() {
    return compiled.pods();
  }

  List<Problem> problems() {
    return problems;
  }

  List<String> lines() {
    return problems.stream().map(Problem::line).toList();
  }

  List<String> fieldsOf(Severity severity) {
    return problems.stream()
        .filter(problem -> problem.severity() == severity)
        .map(Problem::field)
        .toList();
  }

  HostRules host(String client, int port, String host) {
    return table().host(client, port, host).orElseThrow();
  }

  List<HttpRoute> routes(String client, int port, String host) {
    return host(client, port, host).routesFor(client).orElse(List.of());
  }

  TcpRules tcpHost(String client, int port, String host) {
    return table().tcpHost(client, port, host).orElseThrow();
  }

  /** The tcp routes that bind the client. */
  List<TcpRoute> tcp(String client, int port, String host) {
    return tcpHost(client, port, host).scopeFor(client).map(TcpRules.Scope::tcp).orElse(List.of());
  }

  /** The tls routes that bind the client. */
  List<TcpRoute> tls(String client, int port, String host) {
    return tcpHost(client, port, host).scopeFor(client).map(TcpRules.Scope::tls).orElse(List.of());
  }

  /** The only cluster of the first route. */
  Cluster cluster(String client, int port, String host) {
    return clusters(routes(client, port, host).getFirst()).getFirst();
  }

  static List<Cluster> clusters(HttpRoute route) {
    return ((HttpAction.Forward) route.action())
        .split().clusters().stream().map(TrafficSplit.Weighted::cluster).toList();
  }

  static List<String> endpoints(Cluster cluster) {
    return ((Discovery.Listed) cluster.discovery())
        .endpoints().stream()
            .map(endpoint -> endpoint.address())
            .map(address -> address.getAddress().getHostAddress() + ":" + address.getPort())
            .toList();
  }

  ServicePort serviceAt(String address, int port) {
    return table().serviceAt(socket(address, port)).orElseThrow();
  }

  static InetSocketAddress socket(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }
}
