package io.sluice.agent.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The demo's directory; in {@code /run}, so that a restart of the machine clears it too.
 *
 * @param directory {@code /run/sluice-demo}: the example's files name it
 */
record DemoHome(Path directory) {
  static final DemoHome STANDARD = new DemoHome(Path.of("/run/sluice-demo"));

  /** What the agent reads. */
  Path config() {
    return directory.resolve("config");
  }

  Path tls() {
    return directory.resolve("tls");
  }

  Path logs() {
    return directory.resolve("logs");
  }

  Path log(String name) {
    return logs().resolve(name + ".log");
  }

  /** What the apps have instead of a DNS server. */
  Path hosts() {
    return directory.resolve("hosts");
  }

  /** Which processes belong to the demo. */
  Path state() {
    return directory.resolve("state");
  }

  /** Makes the directory, which must not exist: of two demos that start at once, one fails here. */
  void create() {
    try {
      Files.createDirectory(directory);
      for (Path each : List.of(config(), tls(), logs())) {
        Files.createDirectory(each);
      }
    } catch (IOException failed) {
      throw new DemoFault(
          "can't make " + directory + ": " + failed + " (another demo that starts just now?)",
          failed);
    }
  }

  void delete() {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException("can't remove " + directory, failed);
    }
  }
}
