package io.sluice.config.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "1s, PT1S",
    "0s, PT0S",
    "500ms, PT0.5S",
    "1.5s, PT1.5S",
    "1m30s, PT1M30S",
    "1h, PT1H",
    "100us, PT0.0001S",
    "1h0.5s, PT1H0.5S"
  })
  void reads(String text, Duration expected) {
    assertThat(Durations.parse(text)).hasValue(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "s",
        "1sec",
        "-1s",
        "+1s",
        "1 s",
        "1s ",
        "1d",
        ".5s",
        "1.s",
        "999999999h",
        "1S"
      })
  void refuses(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }
}
