package io.sluice.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricChecksTest {
  private static final String DRIVER = "fleetman-driver-monitoring.example.com";
  private static final String STAFF = "fleetman-staff-service.fleetman.svc.cluster.local";
  private static final String POSITION = "fleetman-position-tracker.fleetman.svc.cluster.local";

  private static final String GOOD =
      """
      # HELP istio_requests_total requests
      # TYPE istio_requests_total counter
      """
          + series("source", "staff-service", DRIVER, "200", "-")
          + series("source", "staff-service", DRIVER, "500", "-")
          + series("source", "staff-service", DRIVER, "504", "UT")
          + series("source", "staff-service", DRIVER, "503", "FI")
          + series("source", "webapp", STAFF, "200", "-")
          + series("destination", "webapp", STAFF, "200", "-")
          + series("source", "webapp", POSITION, "200", "-");

  @Test
  void allEdgesOfTheStoryAreThere() {
    assertThat(MetricChecks.of(Series.parse(GOOD))).allMatch(Check::ok);
  }

  @Test
  void aMissingEdgeIsNamed() {
    List<Check> bad =
        MetricChecks.of(Series.parse(GOOD.replace("response_flags=\"UT\"", "response_flags=\"-\"")))
            .stream()
            .filter(check -> !check.ok())
            .toList();
    assertThat(bad).singleElement().satisfies(c -> assertThat(c.expected()).contains("UT"));
  }

  @Test
  void aSeriesOfTheOutsiderIsSeen() {
    String more = GOOD + series("source", "payroll", DRIVER, "200", "-");
    assertThat(MetricChecks.of(Series.parse(more)).getLast().ok()).isFalse();
  }

  @Test
  void theMeanIsShown() {
    String labels =
        "{reporter=\"source\",source_workload=\"staff-service\",destination_service=\""
            + DRIVER
            + "\",response_code=\"504\",response_flags=\"UT\"} ";
    String more =
        GOOD
            + "istio_request_duration_milliseconds_count"
            + labels
            + "4\nistio_request_duration_milliseconds_sum"
            + labels
            + "4012.0\n";
    assertThat(MetricChecks.of(Series.parse(more)))
        .anySatisfy(check -> assertThat(check.saw()).endsWith("} 3  mean 1003 ms"));
  }

  @Test
  void linesAreParsed() {
    List<Series> all =
        Series.parse(
            """
            # comment
            up 1
            x_total{a="b,c=\\"d\\"}",e=""} 2.5e3 1700000000000
            x_bucket{le="+Inf"} +Inf
            not a sample at all
            """);
    assertThat(all).extracting(Series::name).containsExactly("up", "x_total", "x_bucket");
    assertThat(all.get(1).labels()).containsEntry("a", "b,c=\\\"d\\\"}").containsEntry("e", "");
    assertThat(all.get(1).value()).isEqualTo(2500);
    assertThat(all.get(2).value()).isInfinite();
  }

  private static String series(String reporter, String from, String to, String code, String flags) {
    return "istio_requests_total{reporter=\"%s\",source_workload=\"%s\",destination_service=\"%s\",response_code=\"%s\",response_flags=\"%s\",destination_app=\"unknown\"} 3.0\n"
        .formatted(reporter, from, to, code, flags);
  }
}
