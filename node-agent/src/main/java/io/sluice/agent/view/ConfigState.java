package io.sluice.agent.view;

import io.sluice.mesh.problem.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What was read and compiled.
 *
 * @param source where resources come from, e.g. {@code directory examples/fleetman}
 * @param loaded the first complete read is done
 * @param generation of the route table in force; 0: none yet
 * @param lastCompile how long the last compilation took
 * @param resources how many objects were read
 * @param lastChange when the table in force was published
 * @param problems of all resources
 */
public record ConfigState(
    String source,
    boolean loaded,
    long generation,
    Duration lastCompile,
    int resources,
    Optional<Instant> lastChange,
    List<Problem> problems) {
  public ConfigState {
    Objects.requireNonNull(source, "source");
    if (generation < 0) {
      throw new IllegalArgumentException("generation: " + generation + " (expected: >= 0)");
    }
    if (lastCompile.isNegative()) {
      throw new IllegalArgumentException("lastCompile: " + lastCompile + " (expected: >= 0)");
    }
    if (resources < 0) {
      throw new IllegalArgumentException("resources: " + resources + " (expected: >= 0)");
    }
    Objects.requireNonNull(lastChange, "lastChange");
    problems = List.copyOf(problems);
  }
}
