package io.sluice.proxy.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.sluice.proxy.resilience.Deadline;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How long one exchange takes, and the timer of how long it may. Event loop only. */
final class ExchangeClock {
  private final LongSupplier nanoClock;
  private final long startNanos;
  private @Nullable Future<?> timer;

  /**
   * @param startNanos the clock's reading at the request's first byte
   */
  ExchangeClock(LongSupplier nanoClock, long startNanos) {
    this.nanoClock = nanoClock;
    this.startNanos = startNanos;
  }

  long startNanos() {
    return startNanos;
  }

  long elapsedNanos() {
    return nanoClock.getAsLong() - startNanos;
  }

  /** Calls back at the deadline, unless it is stopped before. */
  void limit(Deadline deadline, EventLoop loop, Runnable late) {
    timer =
        loop.schedule(late, deadline.remainingNanos(nanoClock.getAsLong()), TimeUnit.NANOSECONDS);
  }

  /** Idempotent. */
  void stopTimer() {
    Future<?> running = timer;
    timer = null;
    if (running != null) {
      running.cancel(false);
    }
  }
}
