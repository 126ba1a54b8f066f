package io.sluice.proxy.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The timer of one connection's exchanges, one after the other. A task of the event loop outlives
 * the deadline that it was made for and serves the next: a busy connection makes one per time
 * limit, and not one per request. Event loop only.
 */
final class DeadlineTimer {
  private final EventLoop loop;
  private final Runnable late;
  private @Nullable Future<?> task;
  private long taskAtNanos;
  private long atNanos;
  private boolean set;

  /**
   * @param late called at a deadline that was set and not cleared
   */
  DeadlineTimer(EventLoop loop, Runnable late) {
    this.loop = loop;
    this.late = late;
  }

  /** In so much time, in place of a deadline that was set before. */
  void set(long nanos) {
    atNanos = now() + nanos;
    set = true;
    Future<?> there = task;
    if (there == null) {
      schedule(nanos);
    } else if (taskAtNanos - atNanos > 0) {
      there.cancel(false);
      schedule(nanos);
    }
  }

  /** Idempotent. */
  void clear() {
    set = false;
  }

  /** The connection has ended. */
  void close() {
    set = false;
    Future<?> there = task;
    task = null;
    if (there != null) {
      there.cancel(false);
    }
  }

  private void schedule(long nanos) {
    taskAtNanos = now() + nanos;
    task = loop.schedule(this::run, nanos, TimeUnit.NANOSECONDS);
  }

  private void run() {
    task = null;
    if (!set) {
      return;
    }
    long left = atNanos - now();
    if (left > 0) {
      schedule(left);
    } else {
      set = false;
      late.run();
    }
  }

  private long now() {
    return loop.ticker().nanoTime();
  }
}
