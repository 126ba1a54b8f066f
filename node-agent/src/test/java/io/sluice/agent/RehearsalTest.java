package io.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** No root, no kernel: whoever builds can rehearse. */
class RehearsalTest {

  @Test
  void requestsGoThroughTheWholeProxy() throws IOException {
    assertThat(Rehearsal.run("test", Duration.ofMillis(200))).isPositive();
  }

  @Test
  void theCommandIsThereAndHidden() {
    StringWriter help = new StringWriter();

    int status = Main.execute(new PrintWriter(help), new PrintWriter(help), "--help");

    assertThat(status).isZero();
    assertThat(help.toString()).contains("doctor").doesNotContain("rehearse");
  }
}
