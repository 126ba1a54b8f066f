package io.sluice.proxy.upstream;

import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.Endpoint;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.intercept.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code acquire}: endpoints, choice, an idle connection or a dial, and another
 * endpoint when that fails. Ends once.
 */
final class Wish implements Upstreams.Cancellation {
  /**
   * All dials together take as many connect timeouts at most: who waits meets one silent endpoint
   * and has the whole time for another. Refusals cost no time.
   */
  private static final int CONNECT_TIMEOUTS_MAX = 2;

  private final PodPool pod;
  private final UpstreamTarget target;
  private final Consumer<Acquired> then;
  private List<Endpoint> endpoints = List.of();
  private List<Endpoint> tried = List.of();
  private int tries;
  private long dialledSinceNanos;
  private @Nullable Dial dial;
  private @Nullable Failure last;
  private boolean ended;

  Wish(PodPool pod, UpstreamTarget target, Consumer<Acquired> then) {
    this.pod = pod;
    this.target = target;
    this.then = then;
  }

  void begin() {
    pod.begun(this);
    switch (target.cluster().discovery()) {
      case Discovery.Listed listed -> choose(listed.endpoints());
      case Discovery.OriginalDestination original ->
          choose(
              List.of(new Endpoint(target.connection().originalDestination(), Optional.empty())));
      case Discovery.Dns dns -> pod.names().resolve(dns.names(), this::resolved);
    }
  }

  @Override
  public void cancel() {
    assert pod.loop().eventLoop().inEventLoop();
    end();
  }

  void fail(Failure failure) {
    if (end()) {
      then.accept(new Acquired.Failed(failure));
    }
  }

  private void resolved(Names.Resolved answer) {
    if (ended) {
      return;
    }
    switch (answer) {
      case Names.Resolved.To(List<Endpoint> addresses) -> choose(addresses);
      case Names.Resolved.Not(Failure failure) -> fail(failure);
    }
  }

  private void choose(List<Endpoint> from) {
    endpoints = from;
    chooseAgain();
  }

  private void chooseAgain() {
    Optional<Endpoint> next = pod.loop().balancer().choose(target.cluster(), endpoints, tried);
    if (next.isPresent()) {
      connect(next.get());
    } else {
      fail(noneLeft());
    }
  }

  private Failure noneLeft() {
    Failure why = last;
    return why != null ? why : new Failure.NoEndpoint(target.cluster().id().toString());
  }

  private void connect(Endpoint endpoint) {
    PoolKey key = PoolKey.of(target.cluster(), target.connection(), endpoint.address());
    if (target.reuse()) {
      for (PooledChannel idle = pod.take(key); idle != null; idle = pod.take(key)) {
        if (idle.channel().isActive() && !idle.isOutdated()) {
          pod.loop().balancer().started(endpoint.address());
          ready(idle, endpoint);
          return;
        }
        idle.close();
      }
    }
    if (tries++ == 0) {
      dialledSinceNanos = pod.loop().nowNanos();
    }
    pod.loop().balancer().started(endpoint.address());
    Dial next =
        new Dial(pod, target, endpoint, limit(), outcome -> dialled(endpoint, key, outcome));
    dial = next;
    next.begin();
  }

  private void dialled(Endpoint endpoint, PoolKey key, Dial.Outcome outcome) {
    dial = null;
    switch (outcome) {
      case Dial.Outcome.Connected(var channel, var straightTo) -> {
        PooledChannel pooled = new PooledChannel(channel, pod, key, straightTo);
        channel.pipeline().addLast("pool", pooled);
        ready(pooled, endpoint);
      }
      case Dial.Outcome.NotConnected(Failure failure, boolean anotherMayDo) -> {
        pod.loop().balancer().ended(endpoint.address());
        if (!anotherMayDo
            || tries >= pod.loop().settings().connectTriesMax()
            || !limit().isPositive()) {
          fail(failure);
        } else {
          tried(endpoint);
          last = failure;
          chooseAgain();
        }
      }
    }
  }

  /** Of the next dial. */
  private Duration limit() {
    Duration one = target.cluster().connectTimeout();
    Duration left =
        one.multipliedBy(CONNECT_TIMEOUTS_MAX)
            .minusNanos(pod.loop().nowNanos() - dialledSinceNanos);
    return left.compareTo(one) < 0 ? left : one;
  }

  private void ready(PooledChannel pooled, Endpoint endpoint) {
    end();
    then.accept(new Acquired.Ready(new Lease(pooled, pod, endpoint, target.reuse())));
  }

  private void tried(Endpoint endpoint) {
    // Inbound there is one endpoint, and what helps is another source address.
    if (target.connection().direction() == Direction.OUTBOUND) {
      tried = new ArrayList<>(tried);
      tried.add(endpoint);
    }
  }

  /** Whether it had not ended before. */
  private boolean end() {
    if (ended) {
      return false;
    }
    ended = true;
    pod.ended(this);
    Dial running = dial;
    if (running != null) {
      dial = null;
      running.cancel();
    }
    return true;
  }
}
