package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.http.HttpRoute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files of the demo mean what its story says. */
class ExampleTest {
  private static final Path FLEETMAN = Path.of("..", "daemonset", "examples", "fleetman");
  private static final String API = "fleetman-driver-monitoring.example.com";

  @Test
  void theExampleHasNoProblems() throws IOException {
    Given given = fleetman();

    assertThat(given.lines()).isEmpty();
    assertThat(given.pods()).hasSize(3);
    assertThat(given.routes("fleetman", 80, API)).hasSize(1);
    assertThat(given.cluster("fleetman", 80, API).tls()).isPresent();
    assertThat(given.cluster("fleetman", 80, API).id()).hasToString("outbound|443||" + API);
  }

  @Test
  void eachStepOfTheStoryChangesTheRoute() throws IOException {
    List<HttpRoute> timeout = fleetman("rules/10-timeout.yaml").routes("fleetman", 80, API);
    assertThat(timeout.getFirst().timeout()).hasValueSatisfying(t -> assertThat(t).hasSeconds(1));

    List<HttpRoute> drop = fleetman("rules/20-drop-staff.yaml").routes("fleetman", 80, API);
    assertThat(drop).hasSize(2);
    assertThat(drop.getFirst().abort()).isPresent();
    assertThat(drop.getFirst().matches().getFirst().sourceLabels())
        .containsEntry("app", "staff-service");
  }

  /** With a step's file in the place of the first route, as the demo puts it. */
  private static Given fleetman(String... steps) throws IOException {
    List<String> texts = new ArrayList<>();
    for (String step : steps) {
      texts.add(Files.readString(FLEETMAN.resolve(step)));
    }
    try (Stream<Path> files = Files.list(FLEETMAN)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).sorted().toList()) {
        if (steps.length == 0 || !file.endsWith("driver-monitoring-route.yaml")) {
          texts.add(Files.readString(file));
        }
      }
    }
    return Given.yaml(texts.toArray(String[]::new));
  }
}
