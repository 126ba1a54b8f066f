package io.sluice.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads the files that the demo really uses. */
class ExampleConfigTest {
  private static final Path EXAMPLE = Path.of("..", "daemonset", "examples", "fleetman");

  @TempDir private Path temp;

  @Test
  void theBaseIsCopiedWithAddressesFilledIn() throws IOException {
    ExampleConfig config = config();
    config.copyBase();
    List<String> names = names(config.home().config());
    assertThat(names)
        .contains("namespaces.yaml", "pods.yaml", "services.yaml", ExampleConfig.ROUTE)
        .allMatch(name -> name.endsWith(".yaml"));
    for (String name : names) {
      assertThat(config.home().config().resolve(name)).content().doesNotContain("10.77.0.");
    }
    assertThat(config.home().config().resolve("pods.yaml")).content().contains("172.29.77.11");
    assertThat(route(config)).doesNotContain("timeout:");
  }

  @Test
  void eachRuleTakesThePlaceOfTheOneBefore() throws IOException {
    ExampleConfig config = config();
    config.copyBase();
    List<String> names = names(config.home().config());

    config.apply(ExampleConfig.TIMEOUT);
    assertThat(route(config)).contains("timeout: 1s").doesNotContain("abort:");
    config.apply(ExampleConfig.DROP_STAFF);
    assertThat(route(config)).contains("abort:").contains("app: staff-service");

    assertThat(names(config.home().config())).isEqualTo(names);
  }

  @Test
  void theDirectoryIsRemovedWithAllThatIsInIt() {
    ExampleConfig config = config();
    config.copyBase();
    config.home().delete();
    assertThat(config.home().directory()).doesNotExist();
    config.home().delete();
  }

  @Test
  void aFailedCheckIsPrintedWithItsExpectation() {
    StringWriter text = new StringWriter();
    Narrator narrator = new Narrator(new PrintWriter(text), StandardCharsets.UTF_8);
    assertThat(narrator.check(Check.of(false, "saw 3 s", "1 s"))).isFalse();
    assertThat(narrator.check(Check.of(true, "saw 1 s", "1 s"))).isTrue();
    narrator.mute();
    narrator.check(Check.of(false, "not shown", ""));
    assertThat(text.toString().lines())
        .containsExactly("  ✗ saw 3 s", "    expected: 1 s", "  ✓ saw 1 s");
  }

  private ExampleConfig config() {
    DemoHome home = new DemoHome(temp.resolve("demo"));
    home.create();
    return new ExampleConfig(EXAMPLE, home, new AddressPlan("172.29.77."));
  }

  private static String route(ExampleConfig config) throws IOException {
    return Files.readString(config.home().config().resolve(ExampleConfig.ROUTE));
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }
}
