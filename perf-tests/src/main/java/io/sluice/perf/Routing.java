package io.sluice.perf;

import io.sluice.mesh.RouteTable;
import io.sluice.proxy.route.InboundRouter;
import io.sluice.proxy.route.OutboundRouter;
import io.sluice.proxy.route.RequestView;
import io.sluice.proxy.route.RouteDecision;
import java.net.InetSocketAddress;
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

/** From a request's facts to a decision: once per request and side. Baseline: no rules at all. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Routing {
  private final RouteTable table = Mesh.table(1000);
  private final SplittableRandom random = new SplittableRandom(1);
  private final InetSocketAddress passthrough = Mesh.clusterIp(60_000);

  private final RequestView withoutRules = request("s1.shop", "nobody", Mesh.clusterIp(1));
  private final RequestView firstRule = request("s0.shop", "user-0", Mesh.clusterIp(0));
  private final RequestView lastRule = request("s0.shop", "nobody", Mesh.clusterIp(0));
  private final RequestView elsewhere = request("www.elsewhere.org", "nobody", passthrough);

  @Benchmark
  public RouteDecision baselineServiceWithoutRules() {
    return OutboundRouter.route(table, withoutRules, random);
  }

  @Benchmark
  public RouteDecision firstOfTwentyRules() {
    return OutboundRouter.route(table, firstRule, random);
  }

  @Benchmark
  public RouteDecision lastOfTwentyRules() {
    return OutboundRouter.route(table, lastRule, random);
  }

  @Benchmark
  public RouteDecision passthrough() {
    return OutboundRouter.route(table, elsewhere, random);
  }

  @Benchmark
  public RouteDecision inbound() {
    return InboundRouter.route(table, passthrough, "s1.shop");
  }

  private static RequestView request(String host, String user, InetSocketAddress destination) {
    Map<String, String> headers = Map.of("x-user", user, "accept", "*/*");
    return new RequestView(
        "GET",
        "/api/items/1",
        host,
        name -> Optional.ofNullable(headers.get(name)),
        Mesh.NAMESPACE,
        Map.of("app", "web", "version", "v1"),
        destination);
  }
}
