package io.sluice.agent.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.telemetry.Edge;
import io.sluice.proxy.telemetry.PrometheusTelemetry;
import io.sluice.proxy.telemetry.Reporter;
import io.sluice.proxy.telemetry.TelemetryLimits;
import io.sluice.proxy.upstream.DnsFigures;
import io.sluice.proxy.upstream.DnsResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentMetricsTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Test
  void theAgentsOwnMetrics() {
    try (LoopLag noLoops = LoopLag.start(List.of(), System::nanoTime);
        AgentMetrics metrics =
            AgentMetrics.register(
                registry,
                Examples.view(Examples.troubled()),
                () -> Map.of("connect_redirected", 7L, "connect_bypassed_loopback", 2L),
                () -> new DnsFigures(Map.of(DnsResult.TIMEOUT, 3L), 2, 5),
                noLoops)) {
      assertThat(metrics).isNotNull();
      assertThat(samples())
          .contains(
              "sluice_enrolled_pods 1.0",
              "sluice_pods{state=\"enrolled\"} 1.0",
              "sluice_pods{state=\"failed\"} 1.0",
              "sluice_pods{state=\"pending\"} 0.0",
              "sluice_older_connections 12.0",
              "sluice_route_table_generation 4.0",
              "sluice_route_table_compile_seconds 0.012345",
              "sluice_config_problems{severity=\"error\"} 1.0",
              "sluice_config_problems{severity=\"not_supported\"} 0.0",
              "sluice_config_problems{severity=\"warning\"} 0.0",
              "sluice_bpf_attached 0.0",
              "sluice_dns_queries_total{result=\"timeout\"} 3.0",
              "sluice_dns_queries_total{result=\"answered\"} 0.0",
              "sluice_dns_stale_answers_total 2.0",
              "sluice_dns_names 5.0",
              "sluice_bpf_events_total{event=\"connect_redirected\"} 7.0",
              "sluice_bpf_events_total{event=\"connect_bypassed_loopback\"} 2.0");
      assertThat(samples().stream().map(line -> line.replaceAll("[{ ].*", "")))
          .contains(
              "sluice_direct_memory_bytes",
              "jvm_memory_used_bytes",
              "jvm_threads_live_threads",
              "process_files_open_files",
              "process_cpu_usage",
              "process_uptime_seconds")
          // Names that Prometheus' own check refuses.
          .doesNotContain("process_cpu_time_ns_total", "system_cpu_count");
    }
    assertThat(samples()).noneMatch(line -> line.startsWith("sluice_"));
  }

  @Test
  void everyMetricHasAHelpText() {
    try (LoopLag noLoops = LoopLag.start(List.of(), System::nanoTime);
        AgentMetrics metrics =
            AgentMetrics.register(
                registry,
                Examples.view(Examples.healthy()),
                Map::of,
                AgentMetricsTest::noDns,
                noLoops)) {
      assertThat(metrics).isNotNull();
      // Of one scrape: a collection of garbage between two brings metrics of its own.
      String scraped = registry.scrape();
      assertThat(names(scraped, "# TYPE ")).isEqualTo(names(scraped, "# HELP "));
    }
  }

  /** docs/metrics.md is what people write their alerts by. */
  @Test
  void everyMetricOfOursIsDocumented() throws Exception {
    PrometheusTelemetry telemetry =
        PrometheusTelemetry.register(registry, TelemetryLimits.DEFAULT, System::nanoTime, "test");
    Edge edge = new Edge(Reporter.SOURCE, Optional.empty(), Optional.empty(), Optional.empty());
    telemetry.http(edge).finished(200, ResponseFlag.NONE, 1, 1, 1);
    telemetry.tcp(edge).opened();
    String documented = Files.readString(Path.of("..", "docs", "metrics.md"));
    try (LoopLag noLoops = LoopLag.start(List.of(), System::nanoTime);
        AgentMetrics metrics =
            AgentMetrics.register(
                registry,
                Examples.view(Examples.healthy()),
                () -> Map.of("x", 1L),
                AgentMetricsTest::noDns,
                noLoops)) {
      assertThat(metrics).isNotNull();
      assertThat(names(registry.scrape(), "# TYPE "))
          .filteredOn(name -> name.startsWith("sluice_") || name.startsWith("istio_"))
          .hasSizeGreaterThan(15)
          .allSatisfy(name -> assertThat(documented).containsPattern("`" + name + "[`{]"));
    }
  }

  private static DnsFigures noDns() {
    return new DnsFigures(Map.of(), 0, 0);
  }

  private static List<String> names(String scraped, String start) {
    return scraped
        .lines()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()).replaceAll(" .*", ""))
        .toList();
  }

  private List<String> samples() {
    return registry.scrape().lines().filter(line -> !line.startsWith("#")).toList();
  }
}
