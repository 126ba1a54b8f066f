package io.sluice.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.proxy.fault.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectFaultsTest {
  private static final InetSocketAddress AT =
      new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 80);
  private static final Duration ELAPSED = Duration.ofSeconds(3);

  @ParameterizedTest
  @CsvSource({
    "101, ENETUNREACH",
    "113, EHOSTUNREACH",
    "99, no local address or port is left",
    "1, firewall",
    "24, ulimit -n",
    "97, IPv6",
    "104, reset",
    "77, errno 77"
  })
  void theNumberTellsTheReason(int errno, String reason) {
    assertThat(
            of(new ConnectException("connect(..) failed with error(-" + errno + "): Weiß nicht")))
        .isInstanceOfSatisfying(
            Failure.Unreachable.class, failure -> assertThat(failure.reason()).contains(reason));
  }

  @Test
  void refusedAndTimedOutAreFailuresOfTheirOwn() {
    assertThat(of(new ConnectException("finishConnect(..) failed with error(-111): x")))
        .isEqualTo(new Failure.ConnectRefused(AT));
    assertThat(of(new ConnectException("finishConnect(..) failed with error(-110): x")))
        .isEqualTo(new Failure.ConnectTimeout(AT, ELAPSED));
  }

  @Test
  void theCauseBelowIsFound() {
    assertThat(of(new IOException("wrapped", new NoRouteToHostException())))
        .isInstanceOfSatisfying(
            Failure.Unreachable.class, f -> assertThat(f.reason()).contains("no route"));
    assertThat(of(new IllegalStateException("odd")))
        .isInstanceOfSatisfying(
            Failure.Unreachable.class, f -> assertThat(f.reason()).contains("odd"));
  }

  @Test
  void aUsedUpSourceIsToldApart() {
    assertThat(
            ConnectFaults.sourceIsUsedUp(new IOException("connect(..) failed with error(-99): x")))
        .isTrue();
    assertThat(
            ConnectFaults.sourceIsUsedUp(new IOException("connect(..) failed with error(-111): x")))
        .isFalse();
  }

  private static Failure of(Throwable cause) {
    return ConnectFaults.of(cause, AT, ELAPSED);
  }
}
