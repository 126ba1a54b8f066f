package io.sluice.perf;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.http.HostRules;
import java.util.Map;
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

/** {@link RouteTable#host}: once per request. Baseline: one look into a map of that size. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HostLookup {
  @Param({"10", "5000"})
  public int services;

  private RouteTable table = RouteTable.EMPTY;
  private Map<String, HostRules> hosts = Map.of();

  @Setup
  public void makeTable() {
    table = Mesh.table(services);
    hosts = Map.copyOf(table.hostsByPort().getOrDefault(Mesh.PORT, Map.of()));
  }

  @Benchmark
  public Optional<HostRules> baselineMapLookup() {
    return Optional.ofNullable(hosts.get("s3.shop.svc.cluster.local"));
  }

  @Benchmark
  public Optional<HostRules> fullName() {
    return table.host(Mesh.NAMESPACE, Mesh.PORT, "s3.shop.svc.cluster.local");
  }

  @Benchmark
  public Optional<HostRules> shortName() {
    return table.host(Mesh.NAMESPACE, Mesh.PORT, "s3");
  }

  @Benchmark
  public Optional<HostRules> wildcard() {
    return table.host(Mesh.NAMESPACE, Mesh.PORT, "driver.api.example.com");
  }

  @Benchmark
  public Optional<HostRules> unknown() {
    return table.host(Mesh.NAMESPACE, Mesh.PORT, "www.elsewhere.org");
  }
}
