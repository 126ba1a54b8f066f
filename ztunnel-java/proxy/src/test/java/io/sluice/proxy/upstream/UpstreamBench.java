package io.sluice.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.sluice.mesh.service.Cluster;
import io.sluice.proxy.doors.LocalPod;
import io.sluice.proxy.doors.LocalPods;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.intercept.Direction;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.testkit.LoopbackDoors;
import io.sluice.proxy.testkit.Loops;
import io.sluice.proxy.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Upstreams on one event loop, called from a test's thread. */
final class UpstreamBench implements AutoCloseable {
  static final InetSocketAddress SOMEWHERE =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9);
  static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.ofLiteral("10.1.2.3"), 40_000);

  final PodContext pod;
  final LoopbackDoors doors = new LoopbackDoors();
  final EventLoop loop;
  final PooledUpstreams upstreams;
  private final Loops loops;

  UpstreamBench(Transport transport) {
    this(transport, settings -> settings);
  }

  UpstreamBench(Transport transport, UnaryOperator<UpstreamSettings> change) {
    this(transport, 1, LoopbackDoors.pod("web"), change);
  }

  UpstreamBench(
      Transport transport, int count, PodContext pod, UnaryOperator<UpstreamSettings> change) {
    this.pod = pod;
    loops = new Loops(transport, count);
    loop = loops.next();
    SplittableRandom seeds = new SplittableRandom(42);
    upstreams =
        new PooledUpstreams(
            change.apply(UpstreamSettings.defaults(transport)),
            loops.group(),
            doors.own(),
            new ToNeighbours(doors.pods()),
            seeds::split);
  }

  /** Whoever is a neighbour is dialled straight. */
  private record ToNeighbours(LocalPods pods) implements StraightWay {
    @Override
    public Optional<LocalPod> to(UpstreamTarget target, InetSocketAddress endpoint) {
      return pods.at(endpoint.getAddress());
    }

    @Override
    public ChannelHandler meter(
        UpstreamTarget target, InetSocketAddress endpoint, LocalPod called) {
      return new ChannelInboundHandlerAdapter();
    }
  }

  InterceptedConnection outbound() {
    return outbound(SOMEWHERE);
  }

  InterceptedConnection outbound(InetSocketAddress originalDestination) {
    return new InterceptedConnection(Direction.OUTBOUND, pod, originalDestination, CLIENT);
  }

  InterceptedConnection inbound(InetSocketAddress originalDestination, InetSocketAddress client) {
    return new InterceptedConnection(Direction.INBOUND, pod, originalDestination, client);
  }

  CompletableFuture<Acquired> begin(UpstreamTarget target) {
    return begin(target, loop);
  }

  CompletableFuture<Acquired> begin(UpstreamTarget target, EventLoop loop) {
    CompletableFuture<Acquired> outcome = new CompletableFuture<>();
    loop.execute(() ->
        upstreams.acquire(
            target,
            loop,
            acquired -> {
              assertThat(loop.inEventLoop()).isTrue();
              assertThat(outcome.complete(acquired)).as("called once").isTrue();
            }));
    return outcome;
  }

  EventLoop nextLoop() {
    return loops.next();
  }

  Acquired acquire(UpstreamTarget target) {
    return await(begin(target));
  }

  UpstreamConnection http(Cluster cluster) {
    return ready(acquire(new UpstreamTarget(cluster, outbound(), true)));
  }

  UpstreamConnection tcp(Cluster cluster) {
    return ready(acquire(new UpstreamTarget(cluster, outbound(), false)));
  }

  Failure failure(Cluster cluster) {
    return failure(acquire(new UpstreamTarget(cluster, outbound(), true)));
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static UpstreamConnection ready(Acquired acquired) {
    assertThat(acquired).isInstanceOf(Acquired.Ready.class);
    return ((Acquired.Ready) acquired).connection();
  }

  static Failure failure(Acquired acquired) {
    assertThat(acquired).isInstanceOf(Acquired.Failed.class);
    return ((Acquired.Failed) acquired).failure();
  }

  void release(UpstreamConnection connection) {
    Loops.run(loop, connection::release);
  }

  void discard(UpstreamConnection connection) {
    Loops.run(loop, connection::discard);
  }

  int inFlight(InetSocketAddress endpoint) {
    return Loops.on(loop, () -> upstreams.of(loop).balancer().inFlight(endpoint));
  }

  int resting() {
    return Loops.on(loop, () -> upstreams.of(loop).resting());
  }

  @Override
  public void close() {
    upstreams.close();
    loops.close();
  }
}
