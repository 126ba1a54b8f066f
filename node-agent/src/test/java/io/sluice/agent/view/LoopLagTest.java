package io.sluice.agent.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutorGroup;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoopLagTest {
  private static final long MILLI = 1_000_000;
  private static final long PERIOD = LagWindow.PERIOD.toNanos();

  @Test
  void aLoopOnTimeHasNoLag() {
    LagWindow window = new LagWindow(0);
    window.fired(PERIOD);

    assertThat(window.worst(2 * PERIOD)).isZero();
  }

  @Test
  void aLateProbeIsRememberedForAWindow() {
    LagWindow window = new LagWindow(0);
    long now = PERIOD + 30 * MILLI;
    window.fired(now);
    assertThat(window.worst(now)).isEqualTo(30 * MILLI);

    for (int i = 0; i < LagWindow.PROBES; i++) {
      now += PERIOD;
      window.fired(now);
    }
    assertThat(window.worst(now)).isZero();
  }

  @Test
  void aLoopThatIsStuckRightNowShows() {
    LagWindow window = new LagWindow(0);

    assertThat(window.worst(PERIOD + 4000 * MILLI)).isEqualTo(4000 * MILLI);
  }

  @Test
  void aBlockedLoopIsToldFromAFreeOne() throws Exception {
    EventExecutorGroup loops = new DefaultEventExecutorGroup(2, new DefaultThreadFactory("t-loop"));
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (LoopLag lag = LoopLag.start(loops, System::nanoTime)) {
      loops
          .iterator()
          .next()
          .execute(() -> {
            blocked.countDown();
            awaitQuietly(release);
          });
      assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();

      // t-loop-POOL-1 and -2: Netty counts the pools of the whole process.
      poll(
          () -> lag.lags().stream().filter(each -> each.loop().startsWith("t-loop-")).count() == 2);
      poll(() -> lag.lags().getFirst().seconds() > 1);
    } finally {
      release.countDown();
      loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
    }
  }

  private static void poll(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("nothing of it for 30 s").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
