package io.sluice.proxy.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread will bring about: polls, with a generous limit. */
public final class Eventually {
  /** Far longer than anything here takes, so that a slow machine does not fail a test. */
  public static final Duration LIMIT = Duration.ofSeconds(20);

  private static final long POLL_NANOS = 2_000_000;

  private Eventually() {}

  /** Returns once the condition holds. */
  public static void until(String what, Callable<Boolean> condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!holds(condition)) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + LIMIT.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Returns once the assertion passes; at the limit its last error is thrown. */
  public static void passes(Runnable assertion) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        assertion.run();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
  }

  private static boolean holds(Callable<Boolean> condition) {
    try {
      return condition.call();
    } catch (Exception e) {
      throw new AssertionError("the condition itself failed", e);
    }
  }
}
