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
    return command(name, "");
  }

  /** The absolute path of a command that comes with that package of Debian. */
  static String commandOf(String name, String debianPackage) {
    return command(name, " (Debian's package " + debianPackage + ")");
  }

  static boolean has(String command) {
    return find(command).isPresent();
  }

  private static String command(String name, String more) {
    Optional<Path> found = find(name);
    need(found.isPresent(), "the command '" + name + "'" + more);
    return found.orElseThrow().toString();
  }

  private static Optional<Path> find(String name) {
    return Stream.concat(
            Arrays.stream(System.getenv("PATH").split(":")),
            Stream.of("/usr/sbin", "/sbin", "/usr/local/go/bin"))
        .map(directory -> Path.of(directory).resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
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
