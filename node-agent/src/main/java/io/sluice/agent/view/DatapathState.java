package io.sluice.agent.view;

import java.util.List;
import java.util.Objects;

/**
 * What is attached in the kernel.
 *
 * @param attached all programs that the agent needs are in force
 * @param detail why not, and what to do; may be empty
 * @param programs one by one
 */
public record DatapathState(boolean attached, String detail, List<Program> programs) {
  /**
   * One program.
   *
   * @param name e.g. {@code connect4}
   * @param attached whether it is in force
   * @param target what it is attached to, e.g. {@code cgroup /sys/fs/cgroup}
   */
  public record Program(String name, boolean attached, String target) {
    public Program {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(target, "target");
    }
  }

  public DatapathState {
    Objects.requireNonNull(detail, "detail");
    programs = List.copyOf(programs);
  }
}
