package io.sluice.perf;

import io.sluice.mesh.RouteTable;
import io.sluice.proxy.route.ConnectionView;
import io.sluice.proxy.route.TcpDecision;
import io.sluice.proxy.route.TcpRouter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
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
 * From an opaque connection's facts to a decision: once per connection. Baseline: the look-up of
 * the dialled address alone.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TcpRouting {
  private final RouteTable table = Mesh.table(1000);
  private final SplittableRandom random = new SplittableRandom(1);

  private final ConnectionView service = connection(Mesh.clusterIp(1), Optional.empty());
  private final ConnectionView elsewhere = connection(Mesh.clusterIp(60_000), Optional.empty());
  private final ConnectionView tls =
      connection(Mesh.clusterIp(60_000), Optional.of("s1.shop.svc.cluster.local"));

  @Benchmark
  public boolean baselineServiceLookup() {
    return table.serviceAt(service.originalDestination()).isPresent();
  }

  @Benchmark
  public TcpDecision serviceAddress() {
    return TcpRouter.outbound(table, service, random);
  }

  @Benchmark
  public TcpDecision serverName() {
    return TcpRouter.outbound(table, tls, random);
  }

  @Benchmark
  public TcpDecision passthrough() {
    return TcpRouter.outbound(table, elsewhere, random);
  }

  @Benchmark
  public List<String> hostsToResolve() {
    return TcpRouter.namedHosts(table, elsewhere);
  }

  private static ConnectionView connection(InetSocketAddress destination, Optional<String> sni) {
    return new ConnectionView(
        destination, sni, Optional.empty(), Mesh.NAMESPACE, Map.of("app", "web", "version", "v1"));
  }
}
