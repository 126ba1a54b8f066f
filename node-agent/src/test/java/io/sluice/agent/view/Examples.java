package io.sluice.agent.view;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.http.FaultAbort;
import io.sluice.mesh.http.HeaderMatch;
import io.sluice.mesh.http.HostRules;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpMatch;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.http.StringMatch;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.problem.ResourceRef;
import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.ServiceBlocks;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.mesh.service.TrafficSplit;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.mesh.tcp.TcpHosts;
import io.sluice.mesh.tcp.TcpMatch;
import io.sluice.mesh.tcp.TcpRoute;
import io.sluice.mesh.tcp.TcpRules;
import io.sluice.mesh.workload.Workload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** An agent with a bit of everything. */
public final class Examples {
  public static final Problem PROBLEM =
      new Problem(
          new ResourceRef("VirtualService", "shop", "driver"),
          Problem.Severity.ERROR,
          "spec.http[0].timeout",
          "1 sec",
          "a duration such as 1s",
          "driver.yaml:3");

  private static final Workload WEB =
      new Workload("shop", "web-1", "web", Map.of("b", "2", "a", "1"), "default", "Kubernetes");
  private static final Cluster WEB_CLUSTER =
      new Cluster(
          new ClusterId("web.shop.svc.cluster.local", 80, ""),
          new ServiceId("web.shop.svc.cluster.local", "web", "shop"),
          new Discovery.Listed(List.of(new Endpoint(socket("10.0.0.7", 8080), Optional.of(WEB)))),
          LoadBalancer.LEAST_REQUEST,
          Cluster.DEFAULT_CONNECT_TIMEOUT,
          Optional.empty());
  private static final Cluster DRIVER =
      new Cluster(
          new ClusterId("driver.example.com", 443, ""),
          new ServiceId("driver.example.com", "driver.example.com", "shop"),
          new Discovery.Dns(List.of(new Discovery.Dns.Name("driver.example.com", 443))),
          LoadBalancer.ROUND_ROBIN,
          Duration.ofSeconds(3),
          Optional.of(new UpstreamTls("driver.example.com", List.of(), Optional.empty(), false)),
          new TcpOptions(Optional.empty(), Optional.of(TcpOptions.Keepalive.LINUX)));

  private Examples() {}

  public static AgentStatus healthy() {
    return new AgentStatus(
        "0.1.0",
        Duration.ofSeconds(125),
        false,
        List.of(enrolled()),
        config(List.of()),
        new DatapathState(
            true,
            "",
            List.of(
                new DatapathState.Program("connect4", true, "cgroup /sys/fs/cgroup"),
                new DatapathState.Program("sockops", true, "cgroup /sys/fs/cgroup"))));
  }

  public static AgentStatus troubled() {
    return new AgentStatus(
        "0.1.0",
        Duration.ofHours(25),
        false,
        List.of(
            enrolled(),
            new PodStatus(
                "shop/staff-1",
                "shop",
                "staff-1",
                "/run/netns/staff",
                PodStatus.State.FAILED,
                "/run/netns/staff: no such file (expected: the pod's network namespace; make it by ip netns add)",
                List.of(),
                List.of(),
                0,
                PodStatus.Older.NONE)),
        config(List.of(PROBLEM)),
        new DatapathState(
            false,
            "connect4 was refused: not permitted (run as root)",
            List.of(new DatapathState.Program("connect4", false, "cgroup /sys/fs/cgroup"))));
  }

  private static PodStatus enrolled() {
    return new PodStatus(
        "shop/web-1",
        "shop",
        "web-1",
        "/run/netns/web",
        PodStatus.State.ENROLLED,
        "",
        List.of("10.0.0.7", "fd00::7"),
        List.of(
            new PodStatus.Listener("OUTBOUND_V4", 20001),
            new PodStatus.Listener("INBOUND_V4", 20002)),
        3,
        new PodStatus.Older(12, List.of("10.0.0.7:40000 -> 10.0.0.8:5432")));
  }

  private static ConfigState config(List<Problem> problems) {
    return new ConfigState(
        "directory examples/fleetman",
        true,
        4,
        Duration.ofNanos(12_345_000),
        23,
        Optional.of(Instant.parse("2026-01-31T12:00:00Z")),
        problems);
  }

  public static RouteTable table() {
    ServicePort web = new ServicePort(WEB_CLUSTER.service(), 80, AppProtocol.HTTP, WEB_CLUSTER);
    HostRules webRules = new HostRules("web.shop.svc.cluster.local", List.of(), Optional.of(web));
    return new RouteTable(
        4,
        Map.of(socket("10.96.0.1", 80), web, socket("fd00::1", 80), web),
        Map.of(
            80,
            ServiceBlocks.of(
                Map.of(new AddressBlock(socket("10.97.0.0", 1).getAddress(), 16), web))),
        Map.of(socket("10.0.0.7", 1).getAddress(), WEB),
        Map.of(socket("10.0.0.7", 8080), List.of(web)),
        Map.of(
            80,
            Map.of(
                "web.shop", webRules,
                "web.shop.svc", webRules,
                "driver.example.com",
                    new HostRules("driver.example.com", List.of(driverScope()), Optional.empty()))),
        Map.of(
            443,
            TcpHosts.of(
                Map.of("driver.example.com", driverTcp(), "web.shop", withoutTcpRules(web)))));
  }

  private static TcpRules withoutTcpRules(ServicePort port) {
    return new TcpRules(
        port.service().host(),
        TcpRules.Declared.SERVICE,
        List.of(),
        List.of(),
        Optional.of(port),
        Map.of());
  }

  private static TcpRules driverTcp() {
    ResourceRef origin = new ResourceRef("VirtualService", "shop", "driver");
    TcpMatch tls =
        new TcpMatch(
            List.of("driver.example.com"),
            List.of(),
            OptionalInt.of(443),
            Map.of(),
            Optional.empty());
    TcpMatch tcp =
        new TcpMatch(
            List.of(),
            List.of(new AddressBlock(socket("10.0.0.0", 1).getAddress(), 8)),
            OptionalInt.empty(),
            Map.of("app", "staff"),
            Optional.of("shop"));
    TrafficSplit split =
        new TrafficSplit(
            List.of(
                new TrafficSplit.Weighted(DRIVER, 1), new TrafficSplit.Weighted(WEB_CLUSTER, 3)));
    return new TcpRules(
        "driver.example.com",
        TcpRules.Declared.ENTRY,
        List.of(),
        List.of(
            new TcpRules.Scope(
                Set.of("shop"),
                List.of(new TcpRoute("tls[0]", origin, List.of(tls), split)),
                List.of(new TcpRoute("tcp[0]", origin, List.of(tcp), TrafficSplit.to(DRIVER))))),
        Optional.of(new ServicePort(DRIVER.service(), 443, AppProtocol.TLS, DRIVER)),
        Map.of("other", WEB_CLUSTER));
  }

  private static HostRules.Scope driverScope() {
    ResourceRef origin = new ResourceRef("VirtualService", "shop", "driver");
    HttpMatch match =
        new HttpMatch(
            Optional.of(new StringMatch.Prefix("/driver")),
            true,
            Optional.of(new StringMatch.Exact("GET")),
            Optional.empty(),
            List.of(new HeaderMatch("x-user", new StringMatch.Present())),
            List.of(new HeaderMatch("x-skip", new StringMatch.Regex("a.*", value -> true))),
            OptionalInt.of(80),
            Map.of("app", "staff"),
            Optional.of("shop"));
    return new HostRules.Scope(
        Set.of("shop"),
        List.of(
            new HttpRoute(
                "slow",
                origin,
                List.of(match),
                HttpAction.Forward.to(DRIVER),
                Optional.of(Duration.ofSeconds(1)),
                Optional.of(new FaultAbort(503, 12.5))),
            new HttpRoute(
                "http[1]",
                origin,
                List.of(),
                new HttpAction.Respond(500, "no such subset"),
                Optional.empty(),
                Optional.empty())));
  }

  private static InetSocketAddress socket(String address, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(address), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A view that always shows the same. */
  public static AgentView view(AgentStatus status) {
    return new AgentView() {
      @Override
      public AgentStatus status() {
        return status;
      }

      @Override
      public RouteTable table() {
        return Examples.table();
      }
    };
  }
}
