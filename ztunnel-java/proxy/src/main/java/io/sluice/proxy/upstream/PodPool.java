package io.sluice.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.transport.Transport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The upstream side of one pod on one event loop: all its channels, those that rest, open wishes.
 */
final class PodPool {
  private final LoopUpstreams loop;
  private final PodContext pod;
  private final Map<PoolKey, ArrayDeque<PooledChannel>> resting = new HashMap<>();
  private final Set<Channel> channels = Collections.newSetFromMap(new IdentityHashMap<>());
  private @Nullable Names names;
  private final Set<Wish> wishes = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean closed;

  PodPool(LoopUpstreams loop, PodContext pod) {
    this.loop = loop;
    this.pod = pod;
  }

  LoopUpstreams loop() {
    return loop;
  }

  PodContext pod() {
    return pod;
  }

  boolean isClosed() {
    return closed;
  }

  Failure gone() {
    return new Failure.PodGone(pod.uid());
  }

  /** As this pod sees them. */
  Names names() {
    Names known = names;
    if (known == null) {
      known = loop.namesOf(pod);
      names = known;
    }
    return known;
  }

  void opened(Channel channel) {
    channels.add(channel);
    channel.closeFuture().addListener(done -> channels.remove(channel));
  }

  void begun(Wish wish) {
    wishes.add(wish);
  }

  void ended(Wish wish) {
    wishes.remove(wish);
  }

  /** The channel that came to rest last: its congestion window is the warmest. */
  @Nullable PooledChannel take(PoolKey key) {
    ArrayDeque<PooledChannel> row = resting.get(key);
    if (row == null) {
      return null;
    }
    PooledChannel last = row.removeLast();
    if (row.isEmpty()) {
      resting.remove(key);
    }
    loop.rested(-1);
    return last;
  }

  /** Keeps it for the next request, or closes it at a limit. */
  void rest(PooledChannel pooled) {
    UpstreamSettings settings = loop.settings();
    if (closed || !pooled.channel().isActive() || loop.resting() >= settings.idlePerLoopMax()) {
      pooled.close();
      return;
    }
    ArrayDeque<PooledChannel> row = resting.computeIfAbsent(pooled.key(), k -> new ArrayDeque<>(2));
    if (row.size() >= settings.idlePerEndpointMax()) {
      pooled.close();
      return;
    }
    row.addLast(pooled);
    loop.rested(1);
    pooled.rest(loop.nowNanos());
  }

  /** It ended, or spoke, while it rested. */
  void dropIdle(PooledChannel pooled) {
    ArrayDeque<PooledChannel> row = resting.get(pooled.key());
    if (row != null && row.removeLastOccurrence(pooled)) {
      loop.rested(-1);
      if (row.isEmpty()) {
        resting.remove(pooled.key());
      }
    }
    pooled.close();
  }

  /** Closes all that rest under the key. */
  void dropIdle(PoolKey key) {
    ArrayDeque<PooledChannel> row = resting.remove(key);
    if (row != null) {
      loop.rested(-row.size());
      row.forEach(PooledChannel::close);
    }
  }

  /** Closes what has rested since before then. */
  void dropIdleSince(long nanos) {
    List<PooledChannel> old = new ArrayList<>();
    for (Iterator<ArrayDeque<PooledChannel>> rows = resting.values().iterator(); rows.hasNext(); ) {
      ArrayDeque<PooledChannel> row = rows.next();
      while (!row.isEmpty() && row.getFirst().idleSinceNanos() - nanos < 0) {
        old.add(row.removeFirst());
      }
      if (row.isEmpty()) {
        rows.remove();
      }
    }
    loop.rested(-old.size());
    // Only now, because a handler may come back here when its channel closes.
    old.forEach(PooledChannel::close);
  }

  /** Resets everything; {@code done} when the last socket is closed. */
  void close(Promise<Void> done) {
    closed = true;
    resting.values().forEach(row -> loop.rested(-row.size()));
    resting.clear();
    List.copyOf(wishes).forEach(wish -> wish.fail(gone()));
    PromiseCombiner all = new PromiseCombiner(loop.eventLoop());
    for (Channel channel : List.copyOf(channels)) {
      all.add(channel.closeFuture());
      Transport.reset(channel);
    }
    all.finish(done);
  }
}
