package io.sluice.agent.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of the machine. An unmet need skips the test and is named; with {@code CI=true}
 * it fails it.
 */
final class Needs {

  private Needs() {}

  static void rootAnd(String... commands) {
    need(isRoot(), "root");
    for (String command : commands) {
      command(command);
    }
  }

  /** The absolute path of a command. */
  static String command(String name) {
    Optional<Path> found =
        Stream.concat(
                Arrays.stream(System.getenv("PATH").split(":")),
                Stream.of("/usr/sbin", "/sbin", "/usr/local/go/bin"))
            .map(directory -> Path.of(directory, name))
            .filter(Files::isExecutable)
            .findFirst();
    need(found.isPresent(), "the command '" + name + "'");
    return found.orElseThrow().toString();
  }

  private static void need(boolean met, String what) {
    if (!met && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("needs " + what + " (with CI=true nothing is skipped)");
    }
    Assumptions.assumeTrue(met, "needs " + what);
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (java.io.IOException e) {
      return false;
    }
  }
}
