package io.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.proxy.intercept.Direction;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.testkit.Clusters;
import io.sluice.proxy.testkit.LoopbackDoors;
import io.sluice.proxy.testkit.QuietTelemetry;
import io.sluice.proxy.upstream.UpstreamTarget;
import io.sluice.proxy.upstream.UpstreamTarget.Carries;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which dials need no second pass. */
class StraightDialsTest {
  private static final InetSocketAddress DIALLED = address("10.96.0.1", 80);
  private static final InetSocketAddress POD_PORT = address("10.0.0.7", 8080);

  private final RouteTables tables = new RouteTables();
  private final LoopbackDoors doors = new LoopbackDoors();
  private final StraightDials dials = new StraightDials(tables, doors.pods(), new QuietTelemetry());
  private final Cluster cluster = Clusters.listed(POD_PORT);

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }

  @ParameterizedTest
  @CsvSource({
    // carries, the dialled port declares, the called port declares, straight
    "HTTP,  HTTP,       HTTP,       true",
    "HTTP,  UNDECLARED, UNDECLARED, true",
    "HTTP,  HTTP,       UNDECLARED, true",
    "HTTP,  HTTP,       TCP,        false",
    "HTTP,  HTTP,       GRPC,       false",
    "HTTP,  UNDECLARED, TLS,        false",
    "BYTES, TCP,        TCP,        true",
    "BYTES, TLS,        TLS,        true",
    "BYTES, GRPC,       GRPC,       true",
    "BYTES, UNDECLARED, UNDECLARED, true",
    "BYTES, HTTP,       HTTP,       true",
    "BYTES, UNDECLARED, TCP,        true",
    "BYTES, TCP,        UNDECLARED, false",
    "BYTES, TCP,        HTTP,       false",
    "BYTES, TLS,        UNDECLARED, false",
  })
  void wherePassesWouldTakeItForTheSame(
      Carries carries, AppProtocol dialled, AppProtocol called, boolean straight) {
    doors.pods().set("reviews");
    tables.publish(
        new RouteTable(
            1,
            Map.of(DIALLED, port(dialled)),
            Map.of(),
            Map.of(POD_PORT, List.of(port(called))),
            Map.of()));
    assertThat(dials.to(target(Direction.OUTBOUND, cluster, carries), POD_PORT).isPresent())
        .isEqualTo(straight);
  }

  @Test
  void whatIsEncryptedHereIsBytesThereWhateverIsDeclared() {
    doors.pods().set("reviews");
    Cluster tls = Clusters.with(cluster, new UpstreamTls("", List.of(), Optional.empty(), false));
    assertThat(dials.to(target(Direction.OUTBOUND, tls, Carries.HTTP), POD_PORT)).isPresent();
    tables.publish(
        new RouteTable(
            1, Map.of(), Map.of(), Map.of(POD_PORT, List.of(port(AppProtocol.TLS))), Map.of()));
    assertThat(dials.to(target(Direction.OUTBOUND, tls, Carries.HTTP), POD_PORT)).isPresent();
  }

  @Test
  void notToNobodyNorToItselfNorInbound() {
    assertThat(dials.to(target(Direction.OUTBOUND, cluster, Carries.HTTP), POD_PORT)).isEmpty();
    doors.pods().set("web");
    assertThat(dials.to(target(Direction.OUTBOUND, cluster, Carries.HTTP), POD_PORT)).isEmpty();
    doors.pods().set("reviews");
    assertThat(dials.to(target(Direction.INBOUND, cluster, Carries.HTTP), POD_PORT)).isEmpty();
    assertThat(dials.to(target(Direction.OUTBOUND, cluster, Carries.HTTP), POD_PORT)).isPresent();
  }

  private UpstreamTarget target(Direction direction, Cluster to, Carries carries) {
    return new UpstreamTarget(
        to,
        new InterceptedConnection(
            direction, LoopbackDoors.pod("web"), DIALLED, address("10.0.0.6", 40_000)),
        false,
        carries);
  }

  private ServicePort port(AppProtocol protocol) {
    return new ServicePort(ProxyRig.REVIEWS, 80, protocol, cluster);
  }
}
