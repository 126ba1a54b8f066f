package io.sluice.perf;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.telemetry.Edge;
import io.sluice.proxy.telemetry.PrometheusTelemetry;
import io.sluice.proxy.telemetry.Reporter;
import io.sluice.proxy.telemetry.TelemetryLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One scrape; 67 sample lines a label set, so 150 of them are some 10,000 series. Baseline: a
 * single label set.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Scraping {
  @Param({"1", "150"})
  public int labelSets;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Setup
  public void count() {
    PrometheusTelemetry telemetry =
        PrometheusTelemetry.register(
            registry, TelemetryLimits.DEFAULT, System::nanoTime, "benchmark");
    for (int i = 0; i < labelSets; i++) {
      Edge edge =
          new Edge(
              Reporter.SOURCE,
              Optional.of(Mesh.workload("web")),
              Optional.of(Mesh.workload("s" + i)),
              Optional.of(Mesh.service(i)));
      telemetry.http(edge).finished(200, ResponseFlag.NONE, 12_345_678, 120, 20_000);
    }
  }

  @Benchmark
  public void textFormat() throws IOException {
    registry.scrape(OutputStream.nullOutputStream());
  }
}
