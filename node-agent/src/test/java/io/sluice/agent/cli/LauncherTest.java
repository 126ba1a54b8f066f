package io.sluice.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With which options the script {@code sluice} starts Java. */
class LauncherTest {
  private static final Path LAUNCHER = Path.of("..", "sluice");
  private static final String COMMAND = "java_command; printf '%s\\n' \"${java[@]}\"";

  /** Whatever {@code java} would be asked to do: does it start at all? */
  private static final String START = "java_command; \"${java[@]:0:${#java[@]}-2}\" -version";

  @TempDir private Path home;
  private Path target;

  private record Ran(int status, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  @BeforeEach
  void copy() throws IOException {
    target = Files.createDirectories(home.resolve("node-agent/target"));
    Files.copy(LAUNCHER, home.resolve("sluice"));
    Files.createFile(target.resolve("sluice-node-agent-1.jar"));
  }

  @Test
  void theJvmTakesAllOptions() {
    Ran ran = run("", START + " -XX:-IgnoreUnrecognizedVMOptions");

    assertThat(ran.status()).as(ran.err()).isZero();
    assertThat(ran.out()).isEmpty();
  }

  @Test
  void withoutACacheItIsNotNamed() {
    assertThat(run("", COMMAND).lines()).noneMatch(each -> each.contains("AOT"));
  }

  @Test
  void aCacheIsUsed() throws IOException {
    Path cache = Files.writeString(target.resolve("sluice.aot"), "something");

    assertThat(run("", COMMAND).lines()).contains("-XX:AOTCache=" + cache);
  }

  @Test
  void aBrokenCacheIsToldAndKeepsNothingFromStarting() throws IOException {
    Files.writeString(target.resolve("sluice.aot"), "no cache ".repeat(1000));

    Ran ran = run("", START);

    assertThat(ran.status()).as(ran.err()).isZero();
    assertThat(ran.out()).as("results stay clean").isEmpty();
    assertThat(ran.err()).contains("AOT cache");
  }

  @Test
  void anOptionThatThisJdkDoesNotKnowKeepsNothingFromStarting() {
    assertThat(run("-XX:+OfSomeOtherJdk", START).status()).isZero();
    assertThat(run("-XX:+OfSomeOtherJdk -XX:-IgnoreUnrecognizedVMOptions", START).status())
        .as("for who wants to know")
        .isNotZero();
  }

  @Test
  void anotherCollectorTakesThePlaceOfOurs() {
    assertThat(run("-Xmx1g -XX:+UseG1GC", COMMAND).lines())
        .contains("-XX:+UseG1GC", "-Xmx1g")
        .doesNotContain("-XX:+UseSerialGC");
    assertThat(run("-XX:+UseG1GC", START).status()).isZero();
    assertThat(run("", COMMAND).lines()).contains("-XX:+UseSerialGC");
  }

  @Test
  void ownOptionsComeAfterTheLaunchers() {
    List<String> lines = run("-Xmx1g -Da=b", COMMAND).lines();

    assertThat(lines.lastIndexOf("-Xmx1g")).isGreaterThan(lines.indexOf("-Xmx128m")).isPositive();
    assertThat(lines.subList(lines.size() - 3, lines.size()))
        .containsExactly("-Da=b", "-jar", target.resolve("sluice-node-agent-1.jar").toString());
  }

  /** There is no class in that jar, so the rehearsal can't succeed. */
  @Test
  void aBuildWhoseRehearsalFailsHasNoCacheAndSaysSo() throws IOException {
    Files.writeString(target.resolve("sluice.aot"), "of the build before");

    Ran ran = run("", "rehearse");

    assertThat(ran.status()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("no AOT cache");
    try (var left = Files.list(target)) {
      assertThat(left)
          .extracting(each -> each.getFileName().toString())
          .containsExactly("sluice-node-agent-1.jar");
    }
  }

  /** Runs commands with the launcher's functions at hand. */
  private Ran run(String options, String commands) {
    try {
      Path out = Files.createTempFile(home, "out", "");
      Path err = Files.createTempFile(home, "err", "");
      List<String> command =
          new ArrayList<>(List.of("bash", "-c", ". \"$1\"; " + commands, "test", home + "/sluice"));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
      builder.environment().put("SLUICE_JAVA_OPTS", options);
      builder.environment().put("TMPDIR", home.toString());
      int status = builder.start().waitFor();
      return new Ran(status, Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
