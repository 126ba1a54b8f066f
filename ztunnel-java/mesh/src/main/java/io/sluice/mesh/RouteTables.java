package io.sluice.mesh;

import java.util.Objects;

/** Holds the table in force. One writer publishes; any thread reads. */
public final class RouteTables {
  private volatile RouteTable current = RouteTable.EMPTY;

  /** The table in force; never null, {@link RouteTable#EMPTY} before the first publication. */
  public RouteTable current() {
    return current;
  }

  /**
   * Puts a table in force. Called by config-sync's thread only.
   *
   * @throws IllegalArgumentException when the generation does not grow
   */
  public void publish(RouteTable next) {
    Objects.requireNonNull(next, "next");
    long before = current.generation();
    if (next.generation() <= before) {
      throw new IllegalArgumentException(
          "generation: " + next.generation() + " (expected: > " + before + ")");
    }
    current = next;
  }
}
