package io.sluice.proxy.telemetry;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that many threads add to and few read.
 *
 * <p>Threads are spread over {@link #STRIPES} arrays, so that the event loops of a busy edge do not
 * pass one cache line around; a stripe is made when the first of its threads adds. Adding is
 * wait-free.
 */
final class Cells {
  static final int STRIPES = 8;

  private final int length;
  private final AtomicReferenceArray<@Nullable AtomicLongArray> stripes =
      new AtomicReferenceArray<>(STRIPES);

  Cells(int length) {
    this.length = length;
  }

  /** Where the calling thread adds; do not keep it. */
  AtomicLongArray mine() {
    int stripe = (int) Thread.currentThread().threadId() & (STRIPES - 1);
    AtomicLongArray cells = stripes.get(stripe);
    return cells != null ? cells : make(stripe);
  }

  private AtomicLongArray make(int stripe) {
    AtomicLongArray made = new AtomicLongArray(length);
    AtomicLongArray before = stripes.compareAndExchange(stripe, null, made);
    return before != null ? before : made;
  }

  /** The sums over all threads; each number is exact, the numbers together are not one moment. */
  long[] read() {
    long[] sums = new long[length];
    for (int stripe = 0; stripe < STRIPES; stripe++) {
      AtomicLongArray cells = stripes.get(stripe);
      if (cells != null) {
        for (int cell = 0; cell < length; cell++) {
          sums[cell] += cells.get(cell);
        }
      }
    }
    return sums;
  }
}
