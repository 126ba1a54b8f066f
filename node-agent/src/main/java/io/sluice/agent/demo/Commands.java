package io.sluice.agent.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs short commands of the system and waits for them. */
final class Commands {
  private static final int LIMIT_SECONDS = 20;

  private Commands() {}

  /**
   * @param exit status; {@link #TIMED_OUT} when it was ended at the limit
   * @param output standard output and error together
   */
  record Result(int exit, String output) {
    static final int TIMED_OUT = -1;

    boolean done() {
      return exit == 0;
    }
  }

  /** Runs a command that must succeed; the words hold no blanks. */
  static String require(String command) {
    return require(List.of(command.split(" ", -1)));
  }

  static String require(List<String> command) {
    Result result = run(command);
    if (!result.done()) {
      throw new DemoFault(
          String.join(" ", command)
              + " failed ("
              + (result.exit() == Result.TIMED_OUT
                  ? "ended after " + LIMIT_SECONDS + " s"
                  : "exit " + result.exit())
              + "): "
              + result.output().strip());
    }
    return result.output();
  }

  static Result run(List<String> command) {
    try {
      // Through a file: a pipe would fill up while nobody reads, or block the limit while one does.
      Path output = Files.createTempFile("sluice-demo", ".out");
      try {
        return run(command, output);
      } finally {
        Files.delete(output);
      }
    } catch (IOException failed) {
      throw new DemoFault("can't run " + command.getFirst() + ": " + failed.getMessage(), failed);
    }
  }

  private static Result run(List<String> command, Path output) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process.getOutputStream().close();
    int exit = waitFor(process) ? process.exitValue() : Result.TIMED_OUT;
    return new Result(exit, Files.readString(output, StandardCharsets.UTF_8));
  }

  private static boolean waitFor(Process process) {
    try {
      if (process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        return true;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    return false;
  }
}
