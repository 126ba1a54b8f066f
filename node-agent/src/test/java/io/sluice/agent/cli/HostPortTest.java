package io.sluice.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class HostPortTest {

  private final HostPort converter = new HostPort();

  @Test
  void ipv4() {
    assertThat(converter.convert("127.0.0.1:15000")).hasToString("/127.0.0.1:15000");
  }

  @Test
  void ipv6InBrackets() {
    assertThat(converter.convert("[::1]:0").getPort()).isZero();
    assertThat(converter.convert("[::1]:0").getAddress().isLoopbackAddress()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "15000",
        ":15000",
        "localhost",
        "localhost:",
        "localhost:x",
        "localhost:-1",
        "::1:80",
        "h:65536",
        "h:999999"
      })
  void whatIsWrongIsSaidWithTheValue(String value) {
    assertThatThrownBy(() -> converter.convert(value))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + value + "' (expected: HOST:PORT such as");
  }
}
