package io.sluice.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.ServicePort;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Both ends of a call to a pod's own address must name the same service. */
class PodPortsTest {
  private static final InetSocketAddress POD_PORT = new InetSocketAddress("10.1.0.3", 8080);
  private static final InetSocketAddress OTHER_PORT = new InetSocketAddress("10.1.0.3", 9090);

  private final RouteTable table =
      new RouteTable(
          1,
          Map.of(),
          Map.of(),
          Map.of(POD_PORT, List.of(service("admin"), service("web"))),
          Map.of());

  @Test
  void bothSidesNameTheServiceThatTheHostNames() {
    assertThat(InboundRouter.route(table, POD_PORT, "web.shop:8080").service())
        .hasValueSatisfying(service -> assertThat(service.name()).isEqualTo("web"));
    assertThat(PodPorts.service(table, POD_PORT, "web.shop:8080"))
        .isEqualTo(InboundRouter.route(table, POD_PORT, "web.shop:8080").service());
  }

  @Test
  void callerOfPodAddressNamesTheServiceAndStaysWithTheOriginalDestination() {
    TcpDecision tcp = TcpRouter.outbound(table, opaque(POD_PORT), new Random(1));
    assertThat(tcp.cluster()).isEqualTo(WellKnownClusters.PASSTHROUGH);
    assertThat(tcp.service()).isEqualTo(InboundRouter.route(table, POD_PORT, "").service());
  }

  @Test
  void portOfNoServiceIsPassedThroughWithoutOne() {
    assertThat(TcpRouter.outbound(table, opaque(OTHER_PORT), new Random(1)).service()).isEmpty();
    assertThat(InboundRouter.route(table, OTHER_PORT, "web").service()).isEmpty();
  }

  private static ServicePort service(String name) {
    ServiceId id = new ServiceId(name + ".shop.svc.cluster.local", name, "shop");
    Cluster cluster =
        new Cluster(
            new ClusterId(id.host(), 80, ""),
            id,
            new Discovery.Listed(List.of()),
            LoadBalancer.LEAST_REQUEST,
            Cluster.DEFAULT_CONNECT_TIMEOUT,
            Optional.empty());
    return new ServicePort(id, 80, AppProtocol.HTTP, cluster);
  }

  private static ConnectionView opaque(InetSocketAddress originalDestination) {
    return new ConnectionView(
        originalDestination, Optional.empty(), Optional.empty(), "shop", Map.of());
  }
}
