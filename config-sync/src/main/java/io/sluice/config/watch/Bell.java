package io.sluice.config.watch;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Any thread rings, one thread waits. Rings in quick succession count as one. */
public final class Bell {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition rung = lock.newCondition();
  private final long quietNanos;
  private final long lateNanos;
  private long rings;
  private long heard;

  /**
   * @param quiet a ring is answered when none has followed for so long
   * @param late a ring is answered after so long, whatever follows
   */
  public Bell(Duration quiet, Duration late) {
    this.quietNanos = quiet.toNanos();
    this.lateNanos = late.toNanos();
  }

  /** Rings; never blocks for long. */
  public void ring() {
    lock.lock();
    try {
      rings++;
      rung.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for a ring and for the quiet after it.
   *
   * @param max returns after so long also without a ring
   */
  public void await(Duration max) throws InterruptedException {
    lock.lock();
    try {
      long left = max.toNanos();
      while (rings == heard && left > 0) {
        left = rung.awaitNanos(left);
      }
      if (rings != heard) {
        awaitQuiet();
      }
      heard = rings;
    } finally {
      lock.unlock();
    }
  }

  private void awaitQuiet() throws InterruptedException {
    long late = lateNanos;
    long before;
    do {
      before = rings;
      long wait = Math.min(quietNanos, late);
      long left = rung.awaitNanos(wait);
      late -= wait - Math.max(left, 0);
    } while (rings != before && late > TimeUnit.MICROSECONDS.toNanos(1));
  }
}
