package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.LoadBalancer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The defaults that Istio's users rely on. */
class DefaultsTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "timeout: 0s, "})
  void timeoutIsNone(String timeout) {
    assertThat(route(timeout).timeout()).isEmpty();
  }

  @Test
  void faultPercentageIsZeroAndWarnedOf() {
    Given given =
        Given.shopWithRules(
            "[{fault: {abort: {httpStatus: 503}}, route: [{destination: {host: web}}]}]");

    assertThat(given.routes("shop", 80, "web").getFirst().abort().orElseThrow().percent()).isZero();
    assertThat(given.lines()).singleElement().asString().contains("no request is aborted");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ", weight: 0", ", weight: 7"})
  void aSingleDestinationGetsAll(String weight) {
    Given given = Given.shopWithRules("[{route: [{destination: {host: web}" + weight + "}]}]");

    HttpAction.Forward forward =
        (HttpAction.Forward) given.routes("shop", 80, "web").getFirst().action();
    assertThat(forward.split().clusters())
        .singleElement()
        .satisfies(all -> assertThat(all.weight()).isEqualTo(100));
  }

  @Test
  void loadBalancerAndConnectTimeout() {
    Cluster cluster = Given.clusters(route("")).getFirst();

    assertThat(cluster.loadBalancer()).isEqualTo(LoadBalancer.LEAST_REQUEST);
    assertThat(cluster.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
    assertThat(cluster.tls()).isEmpty();
  }

  @Test
  void whatIsNotKnownPassesThrough() {
    RouteTable table = Given.yaml(Given.SHOP).table();

    assertThat(table.host("shop", 80, "example.com")).isEmpty();
    assertThat(table.serviceAt(Given.socket("192.0.2.1", 80))).isEmpty();
  }

  private static HttpRoute route(String fields) {
    return Given.shopWithRules("[{" + fields + "route: [{destination: {host: web}}]}]")
        .routes("shop", 80, "web")
        .getFirst();
  }
}
