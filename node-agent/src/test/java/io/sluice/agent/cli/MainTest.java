package io.sluice.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a wrong command line gets: one line, exit status 2. */
class MainTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void noCommand() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).startsWith("sluice: no command (expected: one of ").hasLineCount(1);
  }

  @Test
  void unknownCommandNamesWhatMayHaveBeenMeant() {
    assertThat(run("docter")).isEqualTo(2);
    assertThat(err.toString())
        .contains("'docter'")
        .contains("did you mean")
        .contains("doctor")
        .hasLineCount(1);
  }

  @Test
  void unknownOption() {
    assertThat(run("doctor", "--frobnicate")).isEqualTo(2);
    assertThat(err.toString())
        .contains("sluice doctor:")
        .contains("'--frobnicate'")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "doctor"})
  void everyCommandExplainsItself(String command) {
    int status = command.isEmpty() ? run("--help") : run(command, "--help");

    assertThat(status).isZero();
    assertThat(out.toString()).contains("Usage: sluice " + command);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void version() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("sluice ").contains("Java 2");
  }

  private int run(String... args) {
    return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }
}
