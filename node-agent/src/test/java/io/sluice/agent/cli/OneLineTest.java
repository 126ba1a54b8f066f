package io.sluice.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class OneLineTest {

  @Test
  void timeIsUtcAndLineBreaksAreFolded() {
    LogRecord entry = new LogRecord(Level.WARNING, "first\nsecond");
    entry.setInstant(Instant.parse("2026-01-31T12:00:00.123456Z"));
    entry.setLoggerName("io.sluice.agent.enrol.Enrolment");

    assertThat(new OneLine().format(entry))
        .isEqualTo("2026-01-31T12:00:00.123Z WARN  enrol: first | second\n");
  }

  @Test
  void aStackTraceFollows() {
    LogRecord entry = new LogRecord(Level.SEVERE, "failed");
    entry.setThrown(new IllegalStateException("why"));

    assertThat(new OneLine().format(entry))
        .contains("ERROR -: failed\njava.lang.IllegalStateException: why\n\tat ");
  }
}
