package io.sluice.proxy.telemetry;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.sluice.proxy.fault.ResponseFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Shows all series at a scrape, and sweeps out the idle ones first: without scrapes nothing is
 * dropped, and the budget bounds what is kept. On the scraper's thread; never makes who counts
 * wait.
 */
final class MeshCollector implements MultiCollector {
  private static final String COMPONENT = "sluice";

  private final SeriesTable<HttpSeries> http;
  private final SeriesTable<TcpSeries> tcp;
  private final SeriesBudget budget;
  private final DetectedCounts detected;
  private final LongSupplier nanoTime;
  private final Labels build;

  MeshCollector(
      SeriesTable<HttpSeries> http,
      SeriesTable<TcpSeries> tcp,
      SeriesBudget budget,
      DetectedCounts detected,
      LongSupplier nanoTime,
      String version) {
    this.http = http;
    this.tcp = tcp;
    this.budget = budget;
    this.detected = detected;
    this.nanoTime = nanoTime;
    this.build = Labels.of("component", COMPONENT, "tag", version);
  }

  @Override
  public MetricSnapshots collect() {
    sweep();
    List<MetricSnapshot> metrics = new ArrayList<>();
    metrics.addAll(new HttpMetrics(http.all()).metrics());
    metrics.addAll(tcpMetrics());
    metrics.addAll(ownMetrics());
    return new MetricSnapshots(metrics);
  }

  /** Two scrapes at a time may come in; series keep notes of the sweep. */
  private synchronized void sweep() {
    long now = nanoTime.getAsLong();
    http.sweep(now);
    tcp.sweep(now);
  }

  private List<MetricSnapshot> tcpMetrics() {
    List<CounterDataPointSnapshot> opened = new ArrayList<>();
    List<CounterDataPointSnapshot> closed = new ArrayList<>();
    List<CounterDataPointSnapshot> received = new ArrayList<>();
    List<CounterDataPointSnapshot> sent = new ArrayList<>();
    for (TcpSeries series : tcp.all()) {
      TcpSeries.Reading now = series.read();
      Labels labels = EdgeLabels.withFlag(now.labels(), ResponseFlag.NONE);
      opened.add(point(now.opened(), labels));
      received.add(point(now.received(), labels));
      sent.add(point(now.sent(), labels));
      for (ResponseFlag flag : ResponseFlag.values()) {
        // Known from the first on, so that a first failure shows as a rate; other flags as they
        // come.
        if (now.closed(flag) > 0 || flag == ResponseFlag.NONE) {
          closed.add(point(now.closed(flag), EdgeLabels.withFlag(now.labels(), flag)));
        }
      }
    }
    return List.of(
        counter("istio_tcp_connections_opened", "TCP connections opened.", opened),
        counter("istio_tcp_connections_closed", "TCP connections closed.", closed),
        counter("istio_tcp_received_bytes", "Bytes received from TCP clients.", received),
        counter("istio_tcp_sent_bytes", "Bytes sent to TCP clients.", sent));
  }

  private List<MetricSnapshot> ownMetrics() {
    return List.of(
        GaugeSnapshot.builder()
            .name("istio_build")
            .help("Build of the component that counts.")
            .dataPoint(new GaugeDataPointSnapshot(1, build, null))
            .build(),
        GaugeSnapshot.builder()
            .name("sluice_telemetry_label_sets")
            .help("Label sets of istio_* series that are kept, of a limited number.")
            .dataPoint(new GaugeDataPointSnapshot(budget.taken(), Labels.EMPTY, null))
            .build(),
        counter(
            "sluice_telemetry_series_overflow",
            "Exchanges and changes of connections not counted: their label set was one too many.",
            List.of(point(budget.overflow(), Labels.EMPTY))),
        counter(
            "sluice_connections_detected",
            "Connections by what they turned out to speak.",
            detected.points()));
  }

  static CounterSnapshot counter(String name, String help, List<CounterDataPointSnapshot> points) {
    CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
    points.forEach(counter::dataPoint);
    return counter.build();
  }

  static CounterDataPointSnapshot point(long value, Labels labels) {
    return CounterDataPointSnapshot.builder().value(value).labels(labels).build();
  }
}
