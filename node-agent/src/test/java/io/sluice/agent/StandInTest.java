package io.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.PlainAddress;
import io.sluice.proxy.intercept.PodContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandInTest {

  private final RouteTables tables = new RouteTables();
  private final PodContext pod =
      StandIn.of(
          new PlainListener(
              new PlainAddress(new InetSocketAddress("127.0.0.1", 0), 80), "shop", "web-0"),
          tables);

  @Test
  void aPodThatNobodyKnowsHasItsNameAndNoLabels() {
    assertThat(pod.workload())
        .isEqualTo(new Workload("shop", "web-0", "web-0", Map.of(), "default", "Kubernetes"));
  }

  @Test
  void labelsAndOwnerAreTheOnesOfTheTableInForce() {
    publish(1, "v1");
    assertThat(pod.workload()).isEqualTo(web("v1"));

    publish(2, "v2");
    assertThat(pod.workload()).isEqualTo(web("v2"));
    assertThat(pod.workload().version()).isEqualTo("v2");
  }

  private void publish(long generation, String version) {
    Workload namesake = new Workload("other", "web-0", "web", Map.of(), "default", "Kubernetes");
    tables.publish(
        new RouteTable(
            generation,
            Map.of(),
            Map.of(
                InetAddress.ofLiteral("10.0.0.1"),
                namesake,
                InetAddress.ofLiteral("10.0.0.2"),
                web(version)),
            Map.of(),
            Map.of()));
  }

  private static Workload web(String version) {
    return new Workload("shop", "web-0", "web", Map.of("version", version), "web", "Kubernetes");
  }
}
