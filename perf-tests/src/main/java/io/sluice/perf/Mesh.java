package io.sluice.perf;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.http.HeaderMatch;
import io.sluice.mesh.http.HostRules;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpMatch;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.http.StringMatch;
import io.sluice.mesh.problem.ResourceRef;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.workload.Workload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** A made-up mesh of a given size: services {@code s0..} in namespace {@code shop} on port 80. */
final class Mesh {
  static final String NAMESPACE = "shop";
  static final int PORT = 80;

  /** Rules of each service: the last one matches everything, the others want a header. */
  static final int RULES = 20;

  private final Map<InetSocketAddress, ServicePort> byAddress = new HashMap<>();
  private final Map<String, HostRules> hosts = new HashMap<>();

  private Mesh() {}

  /**
   * Service 0 has {@link #RULES} rules, the others none; {@code *.example.com} is a wildcard host.
   */
  static RouteTable table(int services) {
    Mesh mesh = new Mesh();
    for (int i = 0; i < services; i++) {
      mesh.addService(i);
    }
    mesh.hosts.put("*.example.com", new HostRules("*.example.com", List.of(), Optional.empty()));
    return new RouteTable(1, mesh.byAddress, Map.of(), Map.of(), Map.of(PORT, mesh.hosts));
  }

  /** The ClusterIP of a service. */
  static InetSocketAddress clusterIp(int service) {
    byte[] address = {10, 96, (byte) (service >> 8), (byte) service};
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address), PORT);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  static ServiceId service(int number) {
    String name = "s" + number;
    return new ServiceId(name + "." + NAMESPACE + ".svc.cluster.local", name, NAMESPACE);
  }

  static Workload workload(String name) {
    return new Workload(
        NAMESPACE,
        name + "-5f7c9-x2x4v",
        name,
        Map.of("app", name, "version", "v1", "pod-template-hash", "5f7c9", "tier", "back"),
        "default",
        "Kubernetes");
  }

  private void addService(int number) {
    ServiceId id = service(number);
    Cluster cluster =
        new Cluster(
            new ClusterId(id.host(), PORT, ""),
            id,
            new Discovery.Listed(List.of()),
            LoadBalancer.LEAST_REQUEST,
            Cluster.DEFAULT_CONNECT_TIMEOUT,
            Optional.empty());
    ServicePort port = new ServicePort(id, PORT, AppProtocol.HTTP, cluster);
    List<HostRules.Scope> scopes = number == 0 ? List.of(rules(cluster)) : List.of();
    HostRules rules = new HostRules(id.host(), scopes, Optional.of(port));
    byAddress.put(clusterIp(number), port);
    for (String host : List.of("." + NAMESPACE, "." + NAMESPACE + ".svc")) {
      hosts.put(id.name() + host, rules);
    }
    hosts.put(id.host(), rules);
  }

  private static HostRules.Scope rules(Cluster cluster) {
    List<HttpRoute> routes = new ArrayList<>();
    for (int i = 0; i < RULES - 1; i++) {
      routes.add(route("http[" + i + "]", List.of(wants("user-" + i)), cluster));
    }
    routes.add(route("rest", List.of(), cluster));
    return new HostRules.Scope(Set.of(), routes);
  }

  private static HttpMatch wants(String user) {
    return new HttpMatch(
        Optional.of(new StringMatch.Prefix("/api")),
        false,
        Optional.of(new StringMatch.Exact("GET")),
        Optional.empty(),
        List.of(new HeaderMatch("x-user", new StringMatch.Exact(user))),
        List.of(),
        OptionalInt.empty(),
        Map.of("app", "web"),
        Optional.empty());
  }

  private static HttpRoute route(String name, List<HttpMatch> matches, Cluster cluster) {
    return new HttpRoute(
        name,
        new ResourceRef("VirtualService", NAMESPACE, "s0"),
        matches,
        HttpAction.Forward.to(cluster),
        Optional.of(Duration.ofSeconds(1)),
        Optional.empty());
  }
}
