package io.sluice.proxy.telemetry;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** How many label sets there may be on this node, and what did not fit. Any thread. */
final class SeriesBudget {
  private final int max;
  private final AtomicInteger taken = new AtomicInteger();
  private final LongAdder overflow = new LongAdder();

  SeriesBudget(int max) {
    this.max = max;
  }

  /** Takes room for one label set; false when there is none. */
  boolean take() {
    // Adding first would let a flood of refusals wrap around or crowd out a rightful taker.
    int before;
    do {
      before = taken.get();
      if (before >= max) {
        return false;
      }
    } while (!taken.compareAndSet(before, before + 1));
    return true;
  }

  boolean isUsedUp() {
    return taken.get() >= max;
  }

  void giveBack(int labelSets) {
    taken.addAndGet(-labelSets);
  }

  /** Something happened that no series could be made for. */
  void overflowed() {
    overflow.increment();
  }

  int taken() {
    return taken.get();
  }

  long overflow() {
    return overflow.sum();
  }
}
