package io.sluice.perf;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.telemetry.Edge;
import io.sluice.proxy.telemetry.MeshTelemetry;
import io.sluice.proxy.telemetry.PrometheusTelemetry;
import io.sluice.proxy.telemetry.Reporter;
import io.sluice.proxy.telemetry.TelemetryLimits;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Recording one finished exchange: once per request and side. Baseline: the same four meters as
 * Micrometer's own, resolved beforehand. Run it with {@code -t 2} and more to see threads share an
 * edge.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Counting {
  private static final double[] BUCKETS = {
    0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000,
    600_000, 1_800_000, 3_600_000
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final MeshTelemetry telemetry =
      PrometheusTelemetry.register(
          registry, TelemetryLimits.DEFAULT, System::nanoTime, "benchmark");
  private final Edge edge =
      new Edge(
          Reporter.SOURCE,
          Optional.of(Mesh.workload("web")),
          Optional.of(Mesh.workload("s1")),
          Optional.of(Mesh.service(1)));
  private final MeshTelemetry.HttpEdge kept = telemetry.http(edge);
  private final MeshTelemetry.TcpEdge tcp = telemetry.tcp(edge);

  private final Tags tags = Tags.of("reporter", "source", "response_code", "200");
  private final Counter requests = Counter.builder("base.requests").tags(tags).register(registry);
  private final DistributionSummary duration = summary("base.duration");
  private final DistributionSummary requestBytes = summary("base.request.bytes");
  private final DistributionSummary responseBytes = summary("base.response.bytes");

  @Benchmark
  public void baselineMicrometerMeters() {
    requests.increment();
    duration.record(12.345678);
    requestBytes.record(120);
    responseBytes.record(20_000);
  }

  @Benchmark
  public void edgeThatIsKept() {
    kept.finished(200, ResponseFlag.NONE, 12_345_678, 120, 20_000);
  }

  @Benchmark
  public void edgeAskedForEachTime() {
    telemetry.http(edge).finished(200, ResponseFlag.NONE, 12_345_678, 120, 20_000);
  }

  @Benchmark
  public void tcpBytes() {
    tcp.bytes(1000, 2000);
  }

  private DistributionSummary summary(String name) {
    return DistributionSummary.builder(name)
        .tags(tags)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }
}
