package io.sluice.agent.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Reads {@code /proc/PID/stat}. */
final class ProcStat {
  /** Field 22 of the line; the second field, the name in brackets, may hold blanks. */
  private static final int START_TIME_AFTER_NAME = 20;

  private ProcStat() {}

  /** When the process started, in clock ticks since boot; empty when it is gone. */
  static OptionalLong startTicks(long pid) {
    try {
      return startTicks(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
    } catch (IOException gone) {
      return OptionalLong.empty();
    }
  }

  static OptionalLong startTicks(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).split(" ", -1);
    return fields.length > START_TIME_AFTER_NAME
        ? OptionalLong.of(Long.parseLong(fields[START_TIME_AFTER_NAME].strip()))
        : OptionalLong.empty();
  }
}
