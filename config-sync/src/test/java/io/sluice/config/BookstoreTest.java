package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.TrafficSplit;
import io.sluice.mesh.service.UpstreamTls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A whole directory as people keep it: what kubectl prints, Helm's empty values, anchors, kinds
 * that are none of our business, versions of a service with rules between them.
 */
class BookstoreTest {
  private static final String RATINGS = "ratings.books.svc.cluster.local";

  private Given given;

  @BeforeEach
  void compile() throws IOException {
    try (InputStream in = BookstoreTest.class.getResourceAsStream("/bookstore.yaml")) {
      given =
          Given.yaml(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void onlyWhatHasNoEffectIsReported() {
    assertThat(given.problems())
        .extracting(
            problem -> problem.severity() + " " + problem.resource() + " " + problem.field())
        .containsExactlyInAnyOrder(
            "NOT_SUPPORTED Service books/page spec.sessionAffinity",
            "NOT_SUPPORTED VirtualService books/ratings spec.http[1].retries",
            "NOT_SUPPORTED DestinationRule books/ratings spec.trafficPolicy.outlierDetection",
            "NOT_SUPPORTED VirtualService books/stock spec.http",
            "NOT_SUPPORTED Gateway books/edge ",
            "NOT_SUPPORTED Endpoints books/legacy ",
            "WARNING VirtualService books/page spec.http[0].route[1].destination.host",
            "WARNING VirtualService books/ratings spec.http[0].timeout");
    assertThat(given.problems()).extracting(Problem::expected).doesNotContain("");
  }

  @Test
  void usersOfTheCanaryGetItAndTheOthersAreShared() {
    List<HttpRoute> routes = given.routes("books", 9080, "ratings");

    assertThat(routes).extracting(HttpRoute::name).containsExactly("broken for qa", "http[1]");
    assertThat(routes.get(0).abort().orElseThrow().percent()).isEqualTo(12.5);
    assertThat(routes.get(1).timeout()).hasValue(Duration.ofMillis(1500));
    assertThat(((HttpAction.Forward) routes.get(1).action()).split().clusters())
        .extracting(TrafficSplit.Weighted::weight)
        .containsExactly(75, 25);
    assertThat(Given.clusters(routes.get(1)))
        .extracting(Given::endpoints)
        .containsExactly(List.of("10.244.1.4:9080"), List.of("10.244.1.5:9081"));
    assertThat(Given.clusters(routes.get(1)))
        .extracting(cluster -> cluster.service().host())
        .containsOnly(RATINGS);
  }

  @Test
  void aShareThatLeadsNowhereIsCountedUnderTheServiceItWasMeantFor() {
    HttpRoute route = given.routes("books", 80, "page").getFirst();

    Cluster nobody = Given.clusters(route).getLast();
    assertThat(Given.endpoints(nobody)).isEmpty();
    assertThat(nobody.service().name()).isEqualTo("page-next");
    assertThat(nobody.service().namespace()).isEqualTo("books");
    assertThat(nobody.service().host()).isEqualTo("page-next.books.svc.cluster.local");
  }

  @Test
  void namedTargetPortsAndWorkloadsAreTakenFromThePods() {
    assertThat(Given.endpoints(given.serviceAt("10.96.4.2", 9080).cluster()))
        .containsExactly("10.244.1.4:9080", "10.244.1.5:9081");
    assertThat(given.pods()).extracting(pod -> pod.workload().name()).contains("ratings-v1");
    assertThat(given.serviceAt("10.96.4.3", 6379).protocol()).isEqualTo(AppProtocol.TCP);
    assertThat(given.serviceAt("10.96.4.4", 9555).protocol()).isEqualTo(AppProtocol.GRPC);
  }

  @Test
  void plainCallsToTheBankLeaveByTls() {
    Cluster bank = given.cluster("books", 80, "api.bank.example");

    assertThat(bank.tls()).map(UpstreamTls::sni).hasValue("api.bank.example");
    assertThat(bank.discovery())
        .isEqualTo(new Discovery.Dns(List.of(new Discovery.Dns.Name("api.bank.example", 443))));
  }
}
