package io.sluice.agent.doctor;

import java.util.Objects;

/**
 * What was found of one need.
 *
 * @param need what was looked at, a few words
 * @param verdict whether Sluice can run with it
 * @param seen what is there
 * @param cure what to do; empty when nothing need be done
 */
public record Finding(String need, Verdict verdict, String seen, String cure) {

  /** Whether Sluice can run with what was found. */
  public enum Verdict {
    OK,
    /** Works, but something is worse than it could be. */
    NOTE,
    /** Sluice can't run. */
    MISSING
  }

  public Finding {
    Objects.requireNonNull(need, "need");
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(seen, "seen");
    Objects.requireNonNull(cure, "cure");
    if (verdict == Verdict.MISSING && cure.isEmpty()) {
      throw new IllegalArgumentException(
          "cure: '' (expected: what to do, because the verdict on " + need + " is MISSING)");
    }
  }

  static Finding ok(String need, String seen) {
    return new Finding(need, Verdict.OK, seen, "");
  }

  static Finding note(String need, String seen, String cure) {
    return new Finding(need, Verdict.NOTE, seen, cure);
  }

  static Finding missing(String need, String seen, String cure) {
    return new Finding(need, Verdict.MISSING, seen, cure);
  }
}
