package io.sluice.agent.view;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.proxy.upstream.DnsFigures;
import java.util.Map;
import java.util.function.Supplier;

/** The agent's own metrics: {@code sluice_*}, the JVM and the process. */
public final class AgentMetrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry;
  private final AgentCollector collector;
  private final JvmGcMetrics garbageCollector = new JvmGcMetrics();

  private AgentMetrics(PrometheusMeterRegistry registry, AgentCollector collector) {
    this.registry = registry;
    this.collector = collector;
  }

  /**
   * Adds the metrics to a registry, once per registry.
   *
   * @param view asked once per scrape
   * @param bpfEvents event name, as the label shows it, to how often it was counted since the
   *     start; asked once per scrape
   * @param dns asked once per scrape
   * @param lag of the event loops; closed by its owner
   */
  public static AgentMetrics register(
      PrometheusMeterRegistry registry,
      AgentView view,
      Supplier<Map<String, Long>> bpfEvents,
      Supplier<DnsFigures> dns,
      LoopLag lag) {
    AgentMetrics metrics =
        new AgentMetrics(
            registry, new AgentCollector(view, bpfEvents, dns, lag, DirectMemory::used));
    metrics.bind();
    return metrics;
  }

  private void bind() {
    // Names that Prometheus' own check refuses: nanoseconds, and a gauge that ends in _count.
    registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
    registry.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
    registry.getPrometheusRegistry().register(collector);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    garbageCollector.bindTo(registry);
  }

  /** Takes the agent's metrics out and stops listening to the garbage collector. */
  @Override
  public void close() {
    garbageCollector.close();
    registry.getPrometheusRegistry().unregister(collector);
  }
}
