package io.sluice.agent.view;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.sluice.mesh.problem.Problem;
import io.sluice.proxy.upstream.DnsFigures;
import io.sluice.proxy.upstream.DnsResult;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** All {@code sluice_*} of the agent from one look per scrape, so that they agree. */
final class AgentCollector implements MultiCollector {
  private final AgentView view;
  private final Supplier<Map<String, Long>> bpfEvents;
  private final Supplier<DnsFigures> dns;
  private final LoopLag lag;
  private final LongSupplier directMemoryBytes;

  AgentCollector(
      AgentView view,
      Supplier<Map<String, Long>> bpfEvents,
      Supplier<DnsFigures> dns,
      LoopLag lag,
      LongSupplier directMemoryBytes) {
    this.view = view;
    this.bpfEvents = bpfEvents;
    this.dns = dns;
    this.lag = lag;
    this.directMemoryBytes = directMemoryBytes;
  }

  @Override
  public MetricSnapshots collect() {
    AgentStatus status = view.status();
    DnsFigures names = dns.get();
    return MetricSnapshots.of(
        gauge("sluice_enrolled_pods", "Pods that take part.", status.enrolledPods()),
        pods(status),
        gauge(
            "sluice_older_connections",
            "Connections open since before their pod was enrolled: no rule reaches them.",
            status.pods().stream().mapToInt(pod -> pod.older().count()).sum()),
        gauge(
            "sluice_route_table_generation",
            "Generation of the route table in force.",
            status.config().generation()),
        gauge(
            "sluice_route_table_compile_seconds",
            "Time that the last compilation of all resources took.",
            status.config().lastCompile().toNanos() / 1e9),
        problems(status.config().problems()),
        gauge(
            "sluice_bpf_attached",
            "Whether all kernel programs are in force.",
            status.datapath().attached() ? 1 : 0),
        bpfEvents(),
        dnsQueries(names),
        CounterSnapshot.builder()
            .name("sluice_dns_stale_answers")
            .help("Names answered with what was known before DNS failed.")
            .dataPoint(CounterDataPointSnapshot.builder().value(names.staleAnswers()).build())
            .build(),
        gauge("sluice_dns_names", "Names that are remembered, each pod's.", names.names()),
        loopLag(),
        gauge(
            "sluice_direct_memory_bytes",
            "Memory outside the heap that buffers take.",
            directMemoryBytes.getAsLong()));
  }

  private static GaugeSnapshot pods(AgentStatus status) {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder().name("sluice_pods").help("Pods by how far their enrolment is.");
    for (PodStatus.State state : PodStatus.State.values()) {
      long count = status.pods().stream().filter(pod -> pod.state() == state).count();
      gauge.dataPoint(new GaugeDataPointSnapshot(count, Labels.of("state", state.text()), null));
    }
    return gauge.build();
  }

  private static GaugeSnapshot problems(List<Problem> problems) {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder()
            .name("sluice_config_problems")
            .help("Problems of resources by severity.");
    for (Problem.Severity severity : Problem.Severity.values()) {
      long count = problems.stream().filter(problem -> problem.severity() == severity).count();
      gauge.dataPoint(
          new GaugeDataPointSnapshot(
              count, Labels.of("severity", ProblemJson.text(severity)), null));
    }
    return gauge.build();
  }

  private CounterSnapshot bpfEvents() {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name("sluice_bpf_events")
            .help("What the kernel programs did with connections.");
    bpfEvents
        .get()
        .forEach((event, count) ->
            counter.dataPoint(
                CounterDataPointSnapshot.builder()
                    .value(count)
                    .labels(Labels.of("event", event))
                    .build()));
    return counter.build();
  }

  private static CounterSnapshot dnsQueries(DnsFigures names) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name("sluice_dns_queries")
            .help("Names that DNS was asked for, by how that ended.");
    for (DnsResult result : DnsResult.values()) {
      counter.dataPoint(
          CounterDataPointSnapshot.builder()
              .value(names.queries().getOrDefault(result, 0L))
              .labels(Labels.of("result", result.text()))
              .build());
    }
    return counter.build();
  }

  private GaugeSnapshot loopLag() {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder()
            .name("sluice_event_loop_lag_seconds")
            .help("Worst lateness of an event loop of the last seconds.");
    for (LoopLag.Lag each : lag.lags()) {
      gauge.dataPoint(
          new GaugeDataPointSnapshot(each.seconds(), Labels.of("loop", each.loop()), null));
    }
    return gauge.build();
  }

  private static GaugeSnapshot gauge(String name, String help, double value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(new GaugeDataPointSnapshot(value, Labels.EMPTY, null))
        .build();
  }
}
