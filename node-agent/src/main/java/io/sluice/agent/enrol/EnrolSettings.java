package io.sluice.agent.enrol;

import java.time.Duration;

/**
 * How often and how long.
 *
 * @param tick everything is compared with what is wanted at least so often, namespaces included
 * @param rescan ports on which apps listen are looked at anew so often
 * @param retryMin wait after the first failure; it doubles
 * @param retryMax longest wait
 * @param drain how long connections of a removed pod may go on
 */
public record EnrolSettings(
    Duration tick, Duration rescan, Duration retryMin, Duration retryMax, Duration drain) {

  public EnrolSettings {
    requirePositive("tick", tick);
    requirePositive("rescan", rescan);
    requirePositive("retryMin", retryMin);
    requirePositive("retryMax", retryMax);
    if (drain.isNegative()) {
      throw new IllegalArgumentException("drain: " + drain + " (expected: >= 0)");
    }
  }

  /** What the agent runs with. */
  public static EnrolSettings defaults(Duration drain) {
    return new EnrolSettings(
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMillis(500),
        Duration.ofSeconds(30),
        drain);
  }

  /** The wait after so many failures in a row. */
  Duration retryAfter(int failures) {
    Duration wait = retryMin;
    for (int i = 1; i < failures && wait.compareTo(retryMax) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    return wait.compareTo(retryMax) < 0 ? wait : retryMax;
  }

  private static void requirePositive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}
