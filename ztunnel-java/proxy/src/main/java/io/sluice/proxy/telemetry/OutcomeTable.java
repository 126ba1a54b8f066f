package io.sluice.proxy.telemetry;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes by code and flag: an open-addressed array of a power of two, at most half full. Never
 * changes once made, so finding is a hash and a probe or two on any thread.
 */
final class OutcomeTable {
  static final OutcomeTable EMPTY = new OutcomeTable(new HttpOutcome[4], 0);

  private final @Nullable HttpOutcome[] slots;
  private final int size;

  private OutcomeTable(@Nullable HttpOutcome[] slots, int size) {
    this.slots = slots;
    this.size = size;
  }

  int size() {
    return size;
  }

  @Nullable HttpOutcome find(int key) {
    int mask = slots.length - 1;
    for (int slot = hash(key) & mask; ; slot = (slot + 1) & mask) {
      HttpOutcome outcome = slots[slot];
      if (outcome == null || outcome.key() == key) {
        return outcome;
      }
    }
  }

  /** A copy with one more, which is not in it yet. */
  OutcomeTable with(HttpOutcome added) {
    int length = (size + 1) * 2 > slots.length ? slots.length * 2 : slots.length;
    @Nullable HttpOutcome[] copy = new HttpOutcome[length];
    forEach(outcome -> put(copy, outcome));
    put(copy, added);
    return new OutcomeTable(copy, size + 1);
  }

  void forEach(Consumer<HttpOutcome> action) {
    for (HttpOutcome outcome : slots) {
      if (outcome != null) {
        action.accept(outcome);
      }
    }
  }

  private static void put(@Nullable HttpOutcome[] slots, HttpOutcome outcome) {
    int mask = slots.length - 1;
    int slot = hash(outcome.key()) & mask;
    while (slots[slot] != null) {
      slot = (slot + 1) & mask;
    }
    slots[slot] = outcome;
  }

  private static int hash(int key) {
    return key * 0x9E3779B9 >>> 16;
  }
}
