package io.sluice.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.sluice.proxy.detect.Detected;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.intercept.Direction;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What dashboards get to read, to the letter. */
class ScrapeTextTest {
  private static final String WEB_TO_STAFF =
      labels(
          """
          connection_security_policy="unknown"
          destination_canonical_revision="7"
          destination_canonical_service="staff"
          destination_cluster="Kubernetes"
          destination_principal="unknown"
          destination_app="unknown"
          destination_service="staff-service.shop.svc.cluster.local"
          destination_service_name="staff-service"
          destination_service_namespace="shop"
          destination_version="unknown"
          destination_workload="staff-service"
          destination_workload_namespace="shop"
          reporter="source"
          source_app="web"
          source_canonical_revision="v2"
          source_canonical_service="web"
          source_cluster="Kubernetes"
          source_principal="unknown"
          source_version="v2"
          source_workload="webapp"
          source_workload_namespace="shop"
          """);
  private static final String STAFF_FROM_NOWHERE =
      labels(
          """
          connection_security_policy="none"
          destination_canonical_revision="7"
          destination_canonical_service="staff"
          destination_cluster="Kubernetes"
          destination_principal="unknown"
          destination_app="unknown"
          destination_service="unknown"
          destination_service_name="PassthroughCluster"
          destination_service_namespace="unknown"
          destination_version="unknown"
          destination_workload="staff-service"
          destination_workload_namespace="shop"
          reporter="destination"
          source_app="unknown"
          source_canonical_revision="latest"
          source_canonical_service="unknown"
          source_cluster="unknown"
          source_principal="unknown"
          source_version="unknown"
          source_workload="unknown"
          source_workload_namespace="unknown"
          """);
  private static final String HTTP = "\ngrpc_response_status=\"\"\nrequest_protocol=\"http\"";
  private static final String TCP = "\nrequest_protocol=\"tcp\"";

  private final Meters meters = new Meters();

  @Test
  void aTimedOutRequestOfTheSource() {
    meters
        .telemetry
        .http(Meters.WEB_TO_STAFF)
        .finished(504, ResponseFlag.UPSTREAM_TIMEOUT, 1_000_499_600L, 0, 24);

    String labels = labels(WEB_TO_STAFF + HTTP + "\nresponse_code=\"504\"\nresponse_flags=\"UT\"");
    assertThat(istioLines())
        .containsExactlyElementsOf(
            expected(
                "istio_build{component=\"sluice\",tag=\"0.1.0\"} 1.0",
                histogram("istio_request_bytes", labels, bucket -> 1, "0.0"),
                histogram(
                    "istio_request_duration_milliseconds",
                    labels,
                    bound -> bound >= 2500 ? 1 : 0,
                    "1000.5"),
                "istio_requests_total{" + oneLine(labels) + "} 1.0",
                histogram("istio_response_bytes", labels, bound -> bound >= 25 ? 1 : 0, "24.0")));
  }

  @Test
  void aRequestThatTheDestinationCannotPlace() {
    meters
        .telemetry
        .http(Meters.STAFF_FROM_NOWHERE)
        .finished(0, ResponseFlag.DOWNSTREAM_CLOSED, 5_000_000, 7, 0);

    String labels =
        labels(STAFF_FROM_NOWHERE + HTTP + "\nresponse_code=\"0\"\nresponse_flags=\"DC\"");
    assertThat(meters.lines("istio_requests_total"))
        .containsExactly("istio_requests_total{" + oneLine(labels) + "} 1.0");
  }

  @Test
  void tcpBytesAreReportedWhileTheConnectionIsOpen() {
    MeshTelemetry.TcpEdge edge = meters.telemetry.tcp(Meters.WEB_TO_STAFF);
    edge.opened();
    edge.bytes(100, 2000);
    edge.bytes(11, 0);

    String none = oneLine(labels(WEB_TO_STAFF + TCP + "\nresponse_flags=\"-\""));
    assertThat(meters.lines("istio_tcp"))
        .containsExactly(
            "istio_tcp_connections_closed_total{" + none + "} 0.0",
            "istio_tcp_connections_opened_total{" + none + "} 1.0",
            "istio_tcp_received_bytes_total{" + none + "} 111.0",
            "istio_tcp_sent_bytes_total{" + none + "} 2000.0");
  }

  @Test
  void aTcpConnectionEndsWithItsFlag() {
    MeshTelemetry.TcpEdge edge = meters.telemetry.tcp(Meters.STAFF_FROM_NOWHERE);
    edge.opened();
    edge.closed(ResponseFlag.UPSTREAM_CONNECT_FAILED);

    String none = oneLine(labels(STAFF_FROM_NOWHERE + TCP + "\nresponse_flags=\"-\""));
    String failed = oneLine(labels(STAFF_FROM_NOWHERE + TCP + "\nresponse_flags=\"UF\""));
    assertThat(meters.lines("istio_tcp_connections"))
        .containsExactly(
            "istio_tcp_connections_closed_total{" + none + "} 0.0",
            "istio_tcp_connections_closed_total{" + failed + "} 1.0",
            "istio_tcp_connections_opened_total{" + none + "} 1.0");
  }

  @Test
  void replicasOfOneWorkloadAreOneSeries() {
    for (String pod : List.of("webapp-a", "webapp-b")) {
      Edge edge =
          new Edge(
              Reporter.SOURCE,
              Optional.of(
                  new io.sluice.mesh.workload.Workload(
                      "shop",
                      pod,
                      "webapp",
                      java.util.Map.of("pod-template-hash", pod),
                      "default",
                      "Kubernetes")),
              Optional.empty(),
              Optional.empty());
      meters.telemetry.http(edge).finished(200, ResponseFlag.NONE, 1, 1, 1);
    }

    assertThat(meters.lines("istio_requests_total")).singleElement().asString().endsWith(" 2.0");
  }

  @Test
  void valuesAreEscaped() {
    Edge edge =
        new Edge(
            Reporter.SOURCE,
            Optional.empty(),
            Optional.empty(),
            Optional.of(new io.sluice.mesh.service.ServiceId("a\"b\\c\nd", "x", "y")));
    meters.telemetry.http(edge).finished(200, ResponseFlag.NONE, 1, 1, 1);

    assertThat(meters.lines("istio_requests_total"))
        .singleElement()
        .asString()
        .contains("destination_service=\"a\\\"b\\\\c\\nd\"");
  }

  @Test
  void everyLineOfTheTextFormatIsWellFormed() {
    meters.telemetry.http(Meters.WEB_TO_STAFF).finished(200, ResponseFlag.NONE, 1, 1, 1);
    meters.telemetry.tcp(Meters.WEB_TO_STAFF).opened();
    Counter.builder("jvm.something").description("Of another owner.").register(meters.registry);

    Pattern line =
        Pattern.compile(
            "# (HELP|TYPE) [a-z_]+ .+"
                + "|[a-z_]+(\\{([a-z_]+=\"([^\"\\\\]|\\\\.)*\",?)+})? (-?[0-9.E]+|\\+Inf)");
    String text = meters.registry.scrape();
    assertThat(text.lines()).allMatch(line.asMatchPredicate());
    assertThat(text).contains("jvm_something_total 0.0").doesNotContain("_max");
    assertThat(text.lines().filter(any -> !any.startsWith("#"))).doesNotHaveDuplicates();
  }

  @Test
  void openMetricsEndsAsItMust() {
    meters.telemetry.http(Meters.WEB_TO_STAFF).finished(200, ResponseFlag.NONE, 1, 1, 1);

    String text =
        meters.registry.scrape("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(text)
        .contains("# TYPE istio_requests counter\n")
        .contains("istio_requests_total{")
        .endsWith("# EOF\n");
  }

  @Test
  void nothingIsShownThatIsNotPartOfTheContract() {
    meters.telemetry.http(Meters.WEB_TO_STAFF).finished(200, ResponseFlag.NONE, 1, 1, 1);
    MeshTelemetry.TcpEdge tcp = meters.telemetry.tcp(Meters.WEB_TO_STAFF);
    tcp.opened();
    tcp.closed(ResponseFlag.NONE);

    assertThat(
            meters
                .registry
                .scrape()
                .lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.substring("# TYPE ".length())))
        .containsExactlyInAnyOrder(
            "istio_build gauge",
            "istio_request_bytes histogram",
            "istio_request_duration_milliseconds histogram",
            "istio_requests_total counter",
            "istio_response_bytes histogram",
            "istio_tcp_connections_closed_total counter",
            "istio_tcp_connections_opened_total counter",
            "istio_tcp_received_bytes_total counter",
            "istio_tcp_sent_bytes_total counter",
            "sluice_connections_detected_total counter",
            "sluice_telemetry_label_sets gauge",
            "sluice_telemetry_series_overflow_total counter");
  }

  @Test
  void connectionsAreCountedByWhatTheySpeak() {
    meters.telemetry.detected(Direction.OUTBOUND, new Detected.Tls(Optional.of("a.example")));
    meters.telemetry.detected(Direction.OUTBOUND, new Detected.Tls(Optional.empty()));
    meters.telemetry.detected(Direction.INBOUND, new Detected.Http2());

    String name = "sluice_connections_detected_total";
    assertThat(meters.lines(name))
        .containsExactly(
            name + "{direction=\"inbound\",protocol=\"http1\"} 0.0",
            name + "{direction=\"inbound\",protocol=\"http2\"} 1.0",
            name + "{direction=\"inbound\",protocol=\"opaque\"} 0.0",
            name + "{direction=\"inbound\",protocol=\"tls\"} 0.0",
            name + "{direction=\"outbound\",protocol=\"http1\"} 0.0",
            name + "{direction=\"outbound\",protocol=\"http2\"} 0.0",
            name + "{direction=\"outbound\",protocol=\"opaque\"} 0.0",
            name + "{direction=\"outbound\",protocol=\"tls\"} 2.0");
  }

  private List<String> istioLines() {
    return meters.lines("istio_");
  }

  private interface CountAtBound {
    int of(double bound);
  }

  private static String histogram(String name, String labels, CountAtBound count, String sum) {
    String all = oneLine(labels);
    return Stream.concat(
            Stream.of(
                    "0.5",
                    "1.0",
                    "5.0",
                    "10.0",
                    "25.0",
                    "50.0",
                    "100.0",
                    "250.0",
                    "500.0",
                    "1000.0",
                    "2500.0",
                    "5000.0",
                    "10000.0",
                    "30000.0",
                    "60000.0",
                    "300000.0",
                    "600000.0",
                    "1800000.0",
                    "3600000.0")
                .map(bound -> bucket(name, all, bound, count.of(Double.parseDouble(bound)))),
            Stream.of(
                bucket(name, all, "+Inf", 1),
                name + "_count{" + all + "} 1",
                name + "_sum{" + all + "} " + sum))
        .collect(Collectors.joining("\n"));
  }

  private static String bucket(String name, String labels, String bound, int count) {
    return name + "_bucket{" + labels + ",le=\"" + bound + "\"} " + count;
  }

  private static List<String> expected(String... blocks) {
    return Arrays.stream(blocks).flatMap(String::lines).toList();
  }

  /** Sorted by name, as the format writes them. */
  private static String labels(String lines) {
    return String.join("\n", new TreeSet<>(lines.lines().filter(line -> !line.isEmpty()).toList()));
  }

  private static String oneLine(String labels) {
    return labels.replace('\n', ',');
  }
}
