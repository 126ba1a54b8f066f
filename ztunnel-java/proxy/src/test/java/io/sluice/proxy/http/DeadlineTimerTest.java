package io.sluice.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeadlineTimerTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final AtomicInteger late = new AtomicInteger();
  private final DeadlineTimer timer = new DeadlineTimer(channel.eventLoop(), late::incrementAndGet);

  DeadlineTimerTest() {
    channel.freezeTime();
  }

  private int lateAfter(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    return late.get();
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void itRingsOnceAtTheDeadline() {
    timer.set(millis(100));
    assertThat(lateAfter(99)).isZero();
    assertThat(lateAfter(1)).isEqualTo(1);
    assertThat(lateAfter(1_000)).isEqualTo(1);
  }

  @Test
  void theTaskOfOneDeadlineServesTheNext() {
    timer.set(millis(100));
    assertThat(lateAfter(60)).isZero();
    timer.clear();
    timer.set(millis(100));
    assertThat(lateAfter(99)).isZero();
    assertThat(lateAfter(1)).isEqualTo(1);
  }

  @Test
  void anEarlierDeadlineIsNotMissed() {
    timer.set(millis(1_000));
    timer.clear();
    timer.set(millis(10));
    assertThat(lateAfter(10)).isEqualTo(1);
  }

  @Test
  void clearedOrClosedItIsSilent() {
    timer.set(millis(10));
    timer.clear();
    assertThat(lateAfter(20)).isZero();
    timer.set(millis(10));
    timer.close();
    assertThat(lateAfter(20)).isZero();
  }
}
