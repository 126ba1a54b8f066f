package io.sluice.agent.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Starts and ends the demo's processes; each is written into the state file, so that a later demo
 * can end what this one left when it is killed.
 */
final class DemoProcesses {
  /** The agent drains its connections first. */
  private static final Duration END_LIMIT = Duration.ofSeconds(8);

  private static final int LOG_LINES_MAX = 20;

  private final DemoHome home;

  DemoProcesses(DemoHome home) {
    this.home = home;
    record(Recorded.OWNER, ProcessHandle.current().pid());
  }

  /**
   * @param role name in the state file and of the log
   * @return the process; its standard input stays open as long as this process lives
   */
  Process start(String role, List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(home.log(role).toFile())
              .start();
      record(role, process.pid());
      return process;
    } catch (IOException failed) {
      throw new DemoFault("can't start " + role + ": " + failed.getMessage(), failed);
    }
  }

  private void record(String role, long pid) {
    ProcStat.startTicks(pid).ifPresent(ticks -> write(new Recorded(role, pid, ticks)));
  }

  private void write(Recorded process) {
    try {
      Files.writeString(
          home.state(), process.line(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException failed) {
      throw new DemoFault("can't write " + home.state() + ": " + failed, failed);
    }
  }

  /** What a former demo left in this directory. */
  static Leftovers leftovers(DemoHome home) {
    try {
      List<Recorded> recorded =
          Files.exists(home.state()) ? Recorded.parse(Files.readAllLines(home.state())) : List.of();
      return Leftovers.judge(recorded, ProcStat::startTicks);
    } catch (IOException failed) {
      throw new DemoFault("can't read " + home.state() + ": " + failed, failed);
    }
  }

  /** Asks the process to end, and makes it end when it does not. */
  static void end(ProcessHandle process) {
    process.destroy();
    if (!awaitEnd(process)) {
      process.destroyForcibly();
      awaitEnd(process);
    }
  }

  static void end(Recorded recorded) {
    Optional<ProcessHandle> process = ProcessHandle.of(recorded.pid());
    process.ifPresent(DemoProcesses::end);
  }

  private static boolean awaitEnd(ProcessHandle process) {
    try {
      process.onExit().get(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    } catch (java.util.concurrent.ExecutionException
        | java.util.concurrent.TimeoutException notEnded) {
      return false;
    }
  }

  /** The last lines of a process's log, for an error message. */
  String logTail(String role) {
    Path log = home.log(role);
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(
          "\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_MAX), lines.size()));
    } catch (IOException unreadable) {
      return "(" + log + " can't be read: " + unreadable + ")";
    }
  }
}
