package io.sluice.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
  @ValueSource(strings = {"", "run", "doctor"})
  void everyCommandExplainsItself(String command) {
    int status = command.isEmpty() ? run("--help") : run(command, "--help");

    assertThat(status).isZero();
    assertThat(out.toString()).contains("Usage: sluice " + command);
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--config-dir|/nowhere|a directory that can be read",
        "--admin|15000|HOST:PORT such as 127.0.0.1:15000",
        "--transport|udp|EPOLL, IO_URING",
        "--drain-seconds|-1|0..3600",
        "--drain-seconds|soon|0..3600",
        "--log-level|loud|INFO",
        "--plain-listener|127.0.0.1:8080|HOST:PORT=NAMESPACE/POD[:DESTINATION_PORT] such as",
        "--plain-listener|8080=shop/web|HOST:PORT such as 127.0.0.1:15000",
        "--plain-listener|127.0.0.1:8080=web|HOST:PORT=NAMESPACE/POD[:DESTINATION_PORT] such as",
        "--plain-listener|127.0.0.1:8080=shop/web:0|a destination port of 1..65535"
      })
  void aWrongValueIsNamedWithWhatIsExpected(String option, String value, String expected) {
    assertThat(run("run", "--config-dir", "/", option, value)).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("sluice run: ")
        .contains(option, value, expected)
        .hasLineCount(1);
  }

  @Test
  void runNeedsADirectory() {
    assertThat(run("run")).isEqualTo(2);
    assertThat(err.toString()).contains("--config-dir").hasLineCount(1);
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
