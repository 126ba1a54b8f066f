package io.sluice.agent.demo;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongFunction;

/** What a former demo left, judged from its state file. */
sealed interface Leftovers {
  /** A demo is running: hands off. */
  record InUse(long pid) implements Leftovers {}

  /**
   * The former demo is gone.
   *
   * @param toEnd its processes that still run
   */
  record Stale(List<Recorded> toEnd) implements Leftovers {
    public Stale {
      toEnd = List.copyOf(toEnd);
    }
  }

  /**
   * @param recorded the former demo's processes
   * @param startTicks of a process that runs now; empty when there is none of that number
   */
  static Leftovers judge(List<Recorded> recorded, LongFunction<OptionalLong> startTicks) {
    List<Recorded> alive =
        recorded.stream().filter(each -> isSame(each, startTicks.apply(each.pid()))).toList();
    return alive.stream()
        .filter(each -> each.role().equals(Recorded.OWNER))
        .findFirst()
        .<Leftovers>map(owner -> new InUse(owner.pid()))
        .orElseGet(() -> new Stale(alive));
  }

  private static boolean isSame(Recorded recorded, OptionalLong startTicks) {
    return startTicks.isPresent() && startTicks.getAsLong() == recorded.startTicks();
  }
}
