package io.sluice.proxy;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.http.HostRules;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.problem.ResourceRef;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.PodListener.Role;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LoopbackDoors;
import io.sluice.proxy.testkit.Need;
import io.sluice.proxy.testkit.QuietTelemetry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A whole proxy on loopback with one pod, whose calls all go to one server. */
final class ProxyRig implements AutoCloseable {
  /** The shortest request that is whole. */
  static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  /** A response with a body of two bytes. */
  static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  static final ServiceId REVIEWS =
      new ServiceId("reviews.shop.svc.cluster.local", "reviews", "shop");
  static final Workload SERVER =
      LoopbackDoors.workload("shop", "reviews-v1", Map.of("app", "reviews"));

  final LoopbackDoors doors = new LoopbackDoors();
  final QuietTelemetry telemetry = new QuietTelemetry();
  final RouteTables tables = new RouteTables();
  final PodContext pod = LoopbackDoors.pod("web");
  final Proxy proxy;
  final PodProxy opened;
  private final InetSocketAddress server;

  /** Of what is declared afterwards. */
  TcpOptions tcp = TcpOptions.DEFAULT;

  Optional<UpstreamTls> tls = Optional.empty();

  ProxyRig(InetSocketAddress server) {
    this(server, settings());
  }

  ProxyRig(InetSocketAddress server, ProxySettings settings) {
    Need.transport(settings.transport());
    this.server = server;
    proxy =
        Proxy.start(settings, tables, doors.destinations(), doors.own(), doors.pods(), telemetry);
    opened = proxy.open(pod, false);
    doors.destinations().set(server);
  }

  /** However slowly a client comes to speak on a busy machine, its server is not opened early. */
  static ProxySettings settings() {
    return ProxySettings.defaults().withServerFirstMillis(20_000);
  }

  RawClient client() throws IOException {
    return new RawClient(port());
  }

  int port() {
    return opened.listeners().stream()
        .filter(each -> each.role() == Role.OUTBOUND_V4)
        .findFirst()
        .orElseThrow()
        .port();
  }

  /** The server is a service that declares a protocol and has no rules. */
  void declare(AppProtocol protocol) {
    publish(Optional.empty(), protocol);
  }

  /** The server is a service with one rule. */
  void rule(HttpRoute route) {
    publish(Optional.of(route), AppProtocol.HTTP);
  }

  void timeout(Duration timeout) {
    rule(
        new HttpRoute(
            "http[0]",
            new ResourceRef("VirtualService", "shop", "reviews"),
            List.of(),
            HttpAction.Forward.to(cluster()),
            Optional.of(timeout),
            Optional.empty()));
  }

  Cluster cluster() {
    return new Cluster(
        new ClusterId(REVIEWS.host(), server.getPort(), ""),
        REVIEWS,
        new Discovery.Listed(List.of(new Endpoint(server, Optional.of(SERVER)))),
        LoadBalancer.LEAST_REQUEST,
        Duration.ofSeconds(5),
        tls,
        tcp);
  }

  void publish(Optional<HttpRoute> route, AppProtocol protocol) {
    ServicePort port = new ServicePort(REVIEWS, server.getPort(), protocol, cluster());
    List<HostRules.Scope> scopes =
        route.map(rule -> List.of(new HostRules.Scope(Set.of(), List.of(rule)))).orElse(List.of());
    HostRules rules = new HostRules(REVIEWS.host(), scopes, Optional.of(port));
    tables.publish(
        new RouteTable(
            tables.current().generation() + 1,
            Map.of(server, port),
            Map.of(),
            Map.of(),
            Map.of(server.getPort(), Map.of(REVIEWS.host(), rules, "reviews.shop", rules))));
  }

  /** Waits for so many counted exchanges. */
  List<QuietTelemetry.Finished> finished(int count) {
    Eventually.until(count + " exchanges counted", () -> telemetry.finished().size() >= count);
    return telemetry.finished();
  }

  @Override
  public void close() {
    proxy.close();
  }
}
