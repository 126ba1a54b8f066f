package io.sluice.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.agent.PlainListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class PlainListenerOptionTest {

  private final PlainListenerOption converter = new PlainListenerOption();

  @Test
  void theDestinationPortIs80() {
    PlainListener listener = converter.convert("127.0.0.1:8080=shop/web-0");

    assertThat(listener).hasToString("127.0.0.1:8080=shop/web-0:80");
    assertThat(listener.namespace()).isEqualTo("shop");
    assertThat(listener.pod()).isEqualTo("web-0");
  }

  @Test
  void unlessItIsNamed() {
    PlainListener listener = converter.convert("[::1]:0=shop/web.a:9080");

    assertThat(listener.address().listen().getPort()).isZero();
    assertThat(listener.address().destinationPort()).isEqualTo(9080);
    assertThat(listener.pod()).isEqualTo("web.a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "=",
        "127.0.0.1:8080",
        "127.0.0.1:8080=",
        "127.0.0.1:8080=web",
        "127.0.0.1:8080=shop/",
        "127.0.0.1:8080=/web",
        "127.0.0.1:8080=Shop/web",
        "127.0.0.1:8080=shop/web/0",
        "127.0.0.1:8080=shop/web:",
        "127.0.0.1:8080=shop/web:x",
        "127.0.0.1:8080=shop/web:999999",
        "127.0.0.1:8080=shop/-web"
      })
  void whatIsWrongIsSaidWithTheValue(String value) {
    assertThatThrownBy(() -> converter.convert(value))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'" + value + "' (expected: HOST:PORT=NAMESPACE/POD");
  }
}
