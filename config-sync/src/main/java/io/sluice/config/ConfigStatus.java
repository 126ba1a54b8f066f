package io.sluice.config;

import io.sluice.mesh.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * How the configuration stands.
 *
 * @param generation of the table in force; 0 before the first
 * @param lastCompile how long compiling it took
 * @param resources how many objects are in force
 * @param problems all that are wrong now: errors first, then by resource
 * @param lastChange when that table came into force
 */
public record ConfigStatus(
    long generation,
    Duration lastCompile,
    int resources,
    List<Problem> problems,
    Instant lastChange) {
  /** Before the first reading. */
  public static final ConfigStatus NONE =
      new ConfigStatus(0, Duration.ZERO, 0, List.of(), Instant.EPOCH);

  public ConfigStatus {
    Objects.requireNonNull(lastCompile, "lastCompile");
    problems = List.copyOf(problems);
    Objects.requireNonNull(lastChange, "lastChange");
  }
}
