package io.sluice.proxy.telemetry;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.proxy.detect.Detected;
import io.sluice.proxy.intercept.Direction;
import java.util.function.LongSupplier;

/**
 * Istio's metrics in a Prometheus registry.
 *
 * <p>The series stand in the Prometheus registry that Micrometer's one is built on, so one scrape
 * shows both; Micrometer's own meters would add {@code _max} gauges and take several times as long
 * per record (docs/adr/0003).
 */
public final class PrometheusTelemetry implements MeshTelemetry {
  private final EdgeCache<HttpHandle> httpEdges;
  private final EdgeCache<TcpHandle> tcpEdges;
  private final DetectedCounts detected;

  private PrometheusTelemetry(
      SeriesTable<HttpSeries> http,
      SeriesTable<TcpSeries> tcp,
      SeriesBudget budget,
      DetectedCounts detected) {
    httpEdges = new EdgeCache<>(edge -> new HttpHandle(http, EdgeLabels.http(edge), budget));
    tcpEdges = new EdgeCache<>(edge -> new TcpHandle(tcp, EdgeLabels.tcp(edge), budget));
    this.detected = detected;
  }

  /**
   * Adds the metrics to a registry, once per registry.
   *
   * @param nanoTime a clock that only grows, in nanoseconds; read at scrapes only
   * @param version of Sluice, shown by {@code istio_build}
   */
  public static PrometheusTelemetry register(
      PrometheusMeterRegistry registry,
      TelemetryLimits limits,
      LongSupplier nanoTime,
      String version) {
    SeriesBudget budget = new SeriesBudget(limits.labelSetsMax());
    SeriesTable<HttpSeries> http =
        new SeriesTable<>(labels -> new HttpSeries(labels, budget), budget, limits.idleMax());
    SeriesTable<TcpSeries> tcp =
        new SeriesTable<>(labels -> new TcpSeries(labels), budget, limits.idleMax());
    DetectedCounts detected = new DetectedCounts();
    registry
        .getPrometheusRegistry()
        .register(new MeshCollector(http, tcp, budget, detected, nanoTime, version));
    return new PrometheusTelemetry(http, tcp, budget, detected);
  }

  @Override
  public HttpEdge http(Edge edge) {
    return httpEdges.get(edge);
  }

  @Override
  public TcpEdge tcp(Edge edge) {
    return tcpEdges.get(edge);
  }

  @Override
  public void detected(Direction direction, Detected protocol) {
    detected.add(direction, protocol);
  }
}
