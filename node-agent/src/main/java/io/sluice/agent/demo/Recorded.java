package io.sluice.agent.demo;

import java.util.List;
import java.util.Optional;

/**
 * A process that belongs to a demo, as its state file names it. The start time tells it from
 * another process that got the same number later.
 *
 * @param role {@link #OWNER}, or what the process does
 * @param pid process number
 * @param startTicks {@code starttime} of {@code /proc/PID/stat}
 */
record Recorded(String role, long pid, long startTicks) {
  /** The demo itself. */
  static final String OWNER = "owner";

  String line() {
    return role + " " + pid + " " + startTicks + "\n";
  }

  /** Lines that can't be read (the writer was killed in the middle) are left out. */
  static List<Recorded> parse(List<String> lines) {
    return lines.stream().map(Recorded::parseLine).flatMap(Optional::stream).toList();
  }

  private static Optional<Recorded> parseLine(String line) {
    String[] words = line.split(" ", -1);
    try {
      return words.length == 3
          ? Optional.of(new Recorded(words[0], Long.parseLong(words[1]), Long.parseLong(words[2])))
          : Optional.empty();
    } catch (NumberFormatException torn) {
      return Optional.empty();
    }
  }
}
