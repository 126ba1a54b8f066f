package io.sluice.proxy.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FaultExitTest {
  private static final InetSocketAddress V4 =
      new InetSocketAddress(InetAddress.ofLiteral("10.0.0.3"), 8080);
  private static final InetSocketAddress V6 =
      new InetSocketAddress(InetAddress.ofLiteral("fd00::3"), 8080);

  private static void answers(Failure failure, int status, ResponseFlag flag, String... words) {
    assertThat(FaultExit.of(failure))
        .isInstanceOfSatisfying(
            FaultExit.Answer.class,
            answer -> {
              assertThat(answer.status()).isEqualTo(status);
              assertThat(answer.flag()).isEqualTo(flag);
              assertThat(answer.body()).contains(words).endsWith("\n");
              assertThat(answer.body().strip()).doesNotContain("\n");
            });
  }

  @Test
  void eachFailureHasItsStatusItsFlagAndWordsThatNameIt() {
    answers(new Failure.NoEndpoint("web"), 503, ResponseFlag.NO_HEALTHY_ENDPOINT, "web");
    answers(
        new Failure.NameNotResolved("x.example", "NXDOMAIN"),
        503,
        ResponseFlag.NO_HEALTHY_ENDPOINT,
        "x.example",
        "NXDOMAIN");
    answers(
        new Failure.ConnectRefused(V4),
        503,
        ResponseFlag.UPSTREAM_CONNECT_FAILED,
        "10.0.0.3:8080",
        "refused");
    answers(
        new Failure.Unreachable(V6, "no route"),
        503,
        ResponseFlag.UPSTREAM_CONNECT_FAILED,
        ":3]:8080",
        "no route");
    answers(
        new Failure.ConnectTimeout(V4, Duration.ofSeconds(10)),
        503,
        ResponseFlag.UPSTREAM_CONNECT_FAILED,
        "10s",
        "NetworkPolicy");
    answers(
        new Failure.TlsFailed(V4, "expired"),
        503,
        ResponseFlag.UPSTREAM_CONNECT_FAILED,
        "TLS",
        "expired");
    answers(new Failure.UpstreamClosed(V4, false), 503, ResponseFlag.UPSTREAM_CLOSED, "closed");
    answers(new Failure.UpstreamClosed(V4, true), 503, ResponseFlag.UPSTREAM_CLOSED, "reset");
    answers(
        new Failure.UpstreamProtocolError(V4, "junk"),
        502,
        ResponseFlag.UPSTREAM_PROTOCOL_ERROR,
        "junk");
    answers(
        new Failure.RouteTimeout("'r' of V a/b", Duration.ofMillis(1500)),
        504,
        ResponseFlag.UPSTREAM_TIMEOUT,
        "1.5s",
        "'r' of V a/b");
    answers(new Failure.NoRoute("web"), 404, ResponseFlag.NO_ROUTE, "web");
    answers(
        new Failure.UnknownHost("web", 81), 404, ResponseFlag.NO_ROUTE, "host 'web' at port 81");
    answers(new Failure.AbortInjected("'r'", 418), 418, ResponseFlag.FAULT_INJECTED, "'r'");
    answers(
        new Failure.UnusableRoute("'r'", 500, "no subset v9"),
        500,
        ResponseFlag.NO_ROUTE,
        "no subset v9");
    answers(
        new Failure.BadRequest(431, "too large"),
        431,
        ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR,
        "too large");
  }

  @Test
  void whereNobodyReadsOrMayWriteThereIsAReset() {
    assertThat(FaultExit.of(new Failure.ClientGone()))
        .isEqualTo(new FaultExit.Reset(ResponseFlag.DOWNSTREAM_CLOSED));
    assertThat(FaultExit.of(new Failure.PodGone("p")))
        .isEqualTo(new FaultExit.Reset(ResponseFlag.LOCAL_RESET));
  }

  @Test
  void onlyABadRequestEndsTheConnection() {
    assertThat(((FaultExit.Answer) FaultExit.of(new Failure.BadRequest(400, "x"))).close())
        .isTrue();
    assertThat(((FaultExit.Answer) FaultExit.of(new Failure.NoRoute("x"))).close()).isFalse();
  }
}
