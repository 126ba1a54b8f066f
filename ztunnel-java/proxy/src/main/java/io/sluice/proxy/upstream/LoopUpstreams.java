package io.sluice.proxy.upstream;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import io.sluice.proxy.doors.OwnSockets;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.intercept.Direction;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.PodContext;
import java.net.InetAddress;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All upstream state of one event loop, touched by that loop alone. */
final class LoopUpstreams {
  private static final int SWEEPS_PER_IDLE_TIMEOUT = 4;

  private final EventLoop eventLoop;
  private final UpstreamSettings settings;
  private final OwnSockets own;
  private final StraightWay straightWay;
  private final NamesOfPods names;
  private final LoopTls tls;
  private final Balancer balancer;
  private final LoopbackSources sources;
  private final Map<PodContext, PodPool> pods = new IdentityHashMap<>();

  // A retry may still ask for a pod that was let go of. Forgotten with the pod's last connection.
  private final Set<PodContext> gone = Collections.newSetFromMap(new WeakHashMap<>());
  private int resting;
  private boolean sweeping;

  LoopUpstreams(
      EventLoop eventLoop,
      UpstreamSettings settings,
      OwnSockets own,
      StraightWay straightWay,
      NamesOfPods names,
      LoopTls tls,
      RandomGenerator random) {
    this.eventLoop = eventLoop;
    this.settings = settings;
    this.own = own;
    this.straightWay = straightWay;
    this.names = names;
    this.tls = tls;
    this.balancer = new Balancer(random);
    this.sources = new LoopbackSources(random);
  }

  Upstreams.Cancellation acquire(UpstreamTarget target, Consumer<Acquired> then) {
    assert eventLoop.inEventLoop();
    PodContext context = target.connection().pod();
    PodPool pod = pod(context);
    if (pod == null) {
      then.accept(new Acquired.Failed(new Failure.PodGone(context.uid())));
      return () -> {};
    }
    Wish wish = new Wish(pod, target, then);
    wish.begin();
    return wish;
  }

  void whose(
      PodContext context,
      InetAddress address,
      List<String> hosts,
      Consumer<Optional<String>> then) {
    assert eventLoop.inEventLoop();
    PodPool pod = pod(context);
    if (pod == null || hosts.isEmpty()) {
      then.accept(Optional.empty());
    } else {
      pod.names().whose(address, hosts, then);
    }
  }

  /** Null: it was let go of. */
  private @Nullable PodPool pod(PodContext context) {
    PodPool known = pods.get(context);
    if (known != null || gone.contains(context)) {
      return known;
    }
    PodPool first = new PodPool(this, context);
    pods.put(context, first);
    return first;
  }

  void downstreamClosed(InterceptedConnection connection) {
    assert eventLoop.inEventLoop();
    PodPool pod = pods.get(connection.pod());
    if (pod != null && connection.direction() == Direction.INBOUND) {
      pod.dropIdle(PoolKey.inbound(connection));
    }
  }

  void closePod(PodContext context, Promise<Void> done) {
    assert eventLoop.inEventLoop();
    gone.add(context);
    PodPool pod = pods.remove(context);
    if (pod == null) {
      done.setSuccess(null);
    } else {
      pod.close(done);
    }
  }

  /** Ends all; {@code done} when the last socket of the last pod is closed. */
  void close(Promise<Void> done) {
    PromiseCombiner all = new PromiseCombiner(eventLoop);
    for (PodContext pod : List.copyOf(pods.keySet())) {
      Promise<Void> podDone = eventLoop.newPromise();
      all.add(podDone);
      closePod(pod, podDone);
    }
    all.finish(done);
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  UpstreamSettings settings() {
    return settings;
  }

  OwnSockets own() {
    return own;
  }

  StraightWay straightWay() {
    return straightWay;
  }

  Names namesOf(PodContext pod) {
    return new LoopNames(names.of(pod), eventLoop, settings.dns().whose());
  }

  LoopTls tls() {
    return tls;
  }

  Balancer balancer() {
    return balancer;
  }

  LoopbackSources sources() {
    return sources;
  }

  long nowNanos() {
    return eventLoop.ticker().nanoTime();
  }

  /** How many channels rest on this loop. */
  int resting() {
    return resting;
  }

  /** So many more rest (or fewer, when negative). */
  void rested(int more) {
    resting += more;
    if (resting > 0 && !sweeping) {
      sweeping = true;
      long everyNanos = Math.max(1, settings.idleTimeout().toNanos() / SWEEPS_PER_IDLE_TIMEOUT);
      eventLoop.schedule(this::sweep, everyNanos, TimeUnit.NANOSECONDS);
    }
  }

  private void sweep() {
    long before = nowNanos() - settings.idleTimeout().toNanos();
    pods.values().forEach(pod -> pod.dropIdleSince(before));
    sweeping = false;
    rested(0);
  }
}
