package io.sluice.agent.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The example's files on their way into the directory that the agent reads.
 *
 * @param example {@code daemonset/examples/fleetman} of the checkout
 * @param home where the copies go
 * @param plan the addresses to fill in
 */
record ExampleConfig(Path example, DemoHome home, AddressPlan plan) {
  /** The resource that the story changes. */
  static final String ROUTE = "driver-monitoring-route.yaml";

  static final String TIMEOUT = "rules/10-timeout.yaml";
  static final String DROP_STAFF = "rules/20-drop-staff.yaml";

  /** Copies everything but the rules. */
  void copyBase() {
    try (Stream<Path> all = Files.list(example)) {
      List<Path> files = all.filter(each -> each.toString().endsWith(".yaml")).sorted().toList();
      if (files.isEmpty()) {
        throw new DemoFault("no .yaml in " + example + " (expected: the fleet shop's resources)");
      }
      for (Path file : files) {
        put(file, file.getFileName().toString());
      }
    } catch (IOException failed) {
      throw new DemoFault("can't copy " + example + ": " + failed, failed);
    }
  }

  /** Puts a rule in the place of the one in force: what {@code kubectl apply} would do. */
  void apply(String rule) {
    try {
      put(example.resolve(rule), ROUTE);
    } catch (IOException failed) {
      throw new DemoFault("can't apply " + rule + ": " + failed, failed);
    }
  }

  /** By rename, so that the agent never reads half a file. */
  private void put(Path source, String name) throws IOException {
    Path ready = home.directory().resolve(name + ".new");
    Files.writeString(ready, plan.fillIn(Files.readString(source)));
    Files.move(
        ready,
        home.config().resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
