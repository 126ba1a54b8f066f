package io.sluice.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.proxy.fault.ResponseFlag;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is kept is bounded, and nothing that was counted gets lost before it is dropped. */
class TelemetryLimitsTest {
  private static final Duration IDLE = Duration.ofMinutes(10);
  private static final Duration GRACE = SeriesTable.GRACE;

  private final Meters meters = new Meters(new TelemetryLimits(10, IDLE));

  @Test
  void tooManyEdgesAreCountedAsOverflow() {
    for (int i = 0; i < 25; i++) {
      hit(Meters.edge(i), 200);
    }

    assertThat(meters.sum("istio_requests_total")).isEqualTo(10);
    assertThat(meters.sum("sluice_telemetry_series_overflow_total")).isEqualTo(15);
    assertThat(meters.sum("sluice_telemetry_label_sets")).isEqualTo(10);
  }

  @Test
  void tooManyOutcomesAreCountedAsOverflow() {
    for (int code = 200; code < 215; code++) {
      hit(Meters.edge(1), code);
    }

    assertThat(meters.sum("istio_requests_total")).isEqualTo(10);
    assertThat(meters.sum("sluice_telemetry_series_overflow_total")).isEqualTo(5);
  }

  @Test
  void tcpSharesTheLimit() {
    for (int i = 0; i < 8; i++) {
      hit(Meters.edge(i), 200);
    }
    for (int i = 0; i < 4; i++) {
      meters.telemetry.tcp(Meters.edge(i)).opened();
    }

    assertThat(meters.sum("istio_tcp_connections_opened_total")).isEqualTo(2);
    assertThat(meters.sum("sluice_telemetry_series_overflow_total")).isEqualTo(2);
  }

  @Test
  void oneServerCannotUseUpTheBudgetByOddCodes() {
    Meters roomy = new Meters(TelemetryLimits.DEFAULT);
    for (int code = 100; code < 1000; code++) {
      roomy.telemetry.http(Meters.edge(1)).finished(code, ResponseFlag.NONE, 1, 1, 1);
    }

    assertThat(roomy.sum("sluice_telemetry_label_sets")).isEqualTo(HttpSeries.OUTCOMES_MAX);
    assertThat(roomy.sum("sluice_telemetry_series_overflow_total"))
        .isEqualTo(900 - HttpSeries.OUTCOMES_MAX);
  }

  @Test
  void anIdleEdgeLeavesAndMakesRoom() {
    hit(Meters.edge(1), 200);
    hit(Meters.edge(1), 503);
    scrape();

    meters.pass(IDLE);
    scrape();
    meters.pass(GRACE);

    assertThat(meters.sum("istio_requests_total")).isZero();
    assertThat(meters.sum("sluice_telemetry_label_sets")).isZero();
  }

  @Test
  void trafficDuringTheGraceKeepsTheEdgeWithAllItsCounts() {
    hit(Meters.edge(1), 200);
    scrape();
    meters.pass(IDLE);
    scrape();
    hit(Meters.edge(1), 200);
    meters.pass(GRACE);

    assertThat(meters.sum("istio_requests_total")).isEqualTo(2);
  }

  @Test
  void aHandleThatIsKeptCountsAnewAfterItsEdgeWasDropped() {
    MeshTelemetry.HttpEdge kept = meters.telemetry.http(Meters.edge(1));
    kept.finished(200, ResponseFlag.NONE, 1, 1, 1);
    dropIdle();
    assertThat(meters.sum("istio_requests_total")).isZero();

    hit(Meters.edge(1), 200);
    kept.finished(200, ResponseFlag.NONE, 1, 1, 1);

    assertThat(meters.lines("istio_requests_total")).hasSize(1);
    assertThat(meters.sum("istio_requests_total")).isEqualTo(2);
  }

  @Test
  void aHandleThatDidNotFitCountsOnceThereIsRoom() {
    MeshTelemetry.HttpEdge late = meters.telemetry.http(Meters.edge(99));
    for (int i = 0; i < 10; i++) {
      hit(Meters.edge(i), 200);
    }
    late.finished(200, ResponseFlag.NONE, 1, 1, 1);
    assertThat(meters.lines("istio_requests_total")).noneMatch(line -> line.contains("w99"));

    dropIdle();
    late.finished(200, ResponseFlag.NONE, 1, 1, 1);

    assertThat(meters.lines("istio_requests_total")).singleElement().asString().contains("w99");
  }

  @Test
  void anOpenConnectionIsNotIdle() {
    MeshTelemetry.TcpEdge edge = meters.telemetry.tcp(Meters.edge(1));
    edge.opened();
    dropIdle();
    assertThat(meters.sum("istio_tcp_connections_opened_total")).isEqualTo(1);

    edge.closed(ResponseFlag.NONE);
    dropIdle();
    assertThat(meters.lines("istio_tcp_connections_opened_total")).isEmpty();
  }

  @Test
  void impossibleLimitsAreRefused() {
    assertThatThrownBy(() -> new TelemetryLimits(0, IDLE))
        .hasMessage("labelSetsMax: 0 (expected: 1..1000000)");
    assertThatThrownBy(() -> new TelemetryLimits(1, Duration.ZERO))
        .hasMessage("idleMax: PT0S (expected: >= 1 s)");
  }

  private void dropIdle() {
    scrape();
    meters.pass(IDLE);
    scrape();
    meters.pass(GRACE);
    scrape();
  }

  private void hit(Edge edge, int code) {
    meters.telemetry.http(edge).finished(code, ResponseFlag.NONE, 1, 1, 1);
  }

  private void scrape() {
    assertThat(meters.registry.scrape()).isNotEmpty();
  }
}
