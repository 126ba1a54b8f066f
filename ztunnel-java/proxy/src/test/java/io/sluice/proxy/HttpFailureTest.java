package io.sluice.proxy;

import static io.sluice.proxy.ProxyRig.GET;
import static io.sluice.proxy.ProxyRig.OK;
import static io.sluice.proxy.testkit.ScriptedServer.readHead;
import static io.sluice.proxy.testkit.ScriptedServer.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.mesh.http.FaultAbort;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpMatch;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.http.StringMatch;
import io.sluice.mesh.problem.ResourceRef;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.http.HttpLimits;
import io.sluice.proxy.testkit.DeadPort;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.QuietTelemetry.Finished;
import io.sluice.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the client sees, and what is counted, when something goes wrong. */
@ExtendWith(LeakWatch.class)
class HttpFailureTest {
  private static final ResourceRef RULE = new ResourceRef("VirtualService", "shop", "reviews");

  private static void counted(ProxyRig rig, int code, ResponseFlag flag) {
    Finished last = rig.finished(1).getLast();
    assertThat(last.code()).isEqualTo(code);
    assertThat(last.flag()).isEqualTo(flag);
  }

  @Test
  void aTimeoutIsA504ThatNamesItsRouteAndTheUpstreamIsReset() throws IOException {
    CompletableFuture<Boolean> reset = new CompletableFuture<>();
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              try {
                reset.complete(connection.getInputStream().read() == 256);
              } catch (SocketException e) {
                reset.complete(true);
              }
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      rig.timeout(Duration.ofMillis(150));
      client.say(GET);
      String body =
          "upstream request timeout: route 'http[0]' of VirtualService shop/reviews allows 150ms\n";
      assertThat(client.message())
          .isEqualTo(
              "HTTP/1.1 504 Gateway Timeout\r\ncontent-length: "
                  + body.length()
                  + "\r\ncontent-type: text/plain; charset=utf-8\r\n\r\n"
                  + body);
      counted(rig, 504, ResponseFlag.UPSTREAM_TIMEOUT);
      assertThat(rig.telemetry.finished().getLast().durationNanos())
          .isGreaterThanOrEqualTo(149_000_000);
      assertThat(reset.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
      // The connection goes on.
      client.say(GET);
      assertThat(client.message()).startsWith("HTTP/1.1 504 ");
    }
  }

  @Test
  void aTimeoutBehindTheHeadResetsTheClient() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              write(
                  connection.getOutputStream(),
                  "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
              connection.getInputStream().read();
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      rig.timeout(Duration.ofMillis(300));
      client.say(GET);
      assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
      assertThatThrownBy(client::rest).isInstanceOf(SocketException.class);
      counted(rig, 200, ResponseFlag.UPSTREAM_TIMEOUT);
    }
  }

  @Test
  void aTimeoutEndsWithTheHeadOfAnUpgrade() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              write(
                  connection.getOutputStream(),
                  "HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
              ScriptedServer.echo(connection);
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      rig.timeout(Duration.ofMillis(200));
      client.say("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n").head();
      long start = System.nanoTime();
      Eventually.until(
          "twice the timeout has passed", () -> System.nanoTime() - start > 400_000_000);
      assertThat(client.say("still here").bytes(10)).isEqualTo("still here");
    }
  }

  @Test
  void anAbortAnswersWithoutTheUpstreamAndWithoutATimeout() throws IOException {
    try (ScriptedServer server = ScriptedServer.silent();
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      rig.rule(
          new HttpRoute(
              "drop",
              RULE,
              List.of(),
              HttpAction.Forward.to(rig.cluster()),
              Optional.of(Duration.ofSeconds(1)),
              Optional.of(new FaultAbort(418, 100))));
      client.say(GET);
      assertThat(client.message())
          .startsWith("HTTP/1.1 418 ")
          .endsWith("fault filter abort: by route 'drop' of VirtualService shop/reviews\n");
      counted(rig, 418, ResponseFlag.FAULT_INJECTED);
      assertThat(server.clients()).isEmpty();
    }
  }

  @Test
  void aRequestThatNoRuleMatchesIsA404AndNamesTheService() throws IOException {
    HttpMatch onlyX =
        new HttpMatch(
            Optional.of(new StringMatch.Prefix("/x")),
            false,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            OptionalInt.empty(),
            Map.of(),
            Optional.empty());
    try (ScriptedServer server = ScriptedServer.silent();
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      rig.rule(
          new HttpRoute(
              "x",
              RULE,
              List.of(onlyX),
              HttpAction.Forward.to(rig.cluster()),
              Optional.empty(),
              Optional.empty()));
      client.say("GET / HTTP/1.1\r\nHost: reviews.shop\r\n\r\n");
      assertThat(client.message()).startsWith("HTTP/1.1 404 ").contains("reviews.shop");
      counted(rig, 404, ResponseFlag.NO_ROUTE);
      assertThat(rig.telemetry.finished().getLast().edge().service()).contains(ProxyRig.REVIEWS);
      assertThat(rig.telemetry.finished().getLast().edge().destination()).isEmpty();
    }
  }

  @Test
  void aRefusedConnectIsA503ThatNamesTheEndpoint() throws IOException {
    try (DeadPort dead = DeadPort.refusing();
        ProxyRig rig = new ProxyRig(dead.address());
        RawClient client = rig.client()) {
      client.say(GET);
      assertThat(client.message())
          .startsWith("HTTP/1.1 503 ")
          .contains("127.0.0.1:" + dead.address().getPort() + ": connection refused");
      counted(rig, 503, ResponseFlag.UPSTREAM_CONNECT_FAILED);
    }
  }

  @Test
  void anUpstreamThatClosesOrResetsWithoutAnAnswerIsA503() throws IOException {
    AtomicBoolean resets = new AtomicBoolean();
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              if (resets.get()) {
                ScriptedServer.reset(connection);
              }
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say(GET);
      assertThat(client.message())
          .startsWith("HTTP/1.1 503 ")
          .contains("closed the connection before");
      counted(rig, 503, ResponseFlag.UPSTREAM_CLOSED);
      resets.set(true);
      client.say(GET);
      assertThat(client.message())
          .startsWith("HTTP/1.1 503 ")
          .contains("reset the connection before");
      assertThat(rig.finished(2).getLast().flag()).isEqualTo(ResponseFlag.UPSTREAM_CLOSED);
    }
  }

  @Test
  void aHeadThatEndsHalfwayIsAClosedUpstreamToo() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              write(connection.getOutputStream(), "HTTP/1.1 200 OK\r\nConte");
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say(GET);
      assertThat(client.message()).startsWith("HTTP/1.1 503 ");
      counted(rig, 503, ResponseFlag.UPSTREAM_CLOSED);
    }
  }

  @Test
  void aBodyThatEndsTooEarlyResetsTheClientSoThatItCantBeTakenForWhole() throws IOException {
    for (String head : List.of("Content-Length: 10", "Transfer-Encoding: chunked")) {
      try (ScriptedServer server =
              ScriptedServer.start(connection -> {
                readHead(connection.getInputStream());
                write(
                    connection.getOutputStream(), "HTTP/1.1 200 OK\r\n" + head + "\r\n\r\n5\r\nab");
              });
          ProxyRig rig = new ProxyRig(server.address());
          RawClient client = rig.client()) {
        client.say(GET);
        assertThatThrownBy(client::rest).isInstanceOf(SocketException.class);
        counted(rig, 200, ResponseFlag.UPSTREAM_CLOSED);
      }
    }
  }

  @Test
  void anAnswerThatIsNotHttpIsA502() throws IOException {
    for (String answer :
        List.of(
            "220 mail.example ESMTP\r\n",
            "HTTP/1.1 abc OK\r\n\r\n",
            "\u0015\u0003\u0001\r\n\r\n")) {
      try (ScriptedServer server =
              ScriptedServer.start(connection -> {
                readHead(connection.getInputStream());
                write(connection.getOutputStream(), answer);
                connection.getInputStream().read();
              });
          ProxyRig rig = new ProxyRig(server.address());
          RawClient client = rig.client()) {
        client.say(GET);
        assertThat(client.message()).as(answer).startsWith("HTTP/1.1 502 ");
        counted(rig, 502, ResponseFlag.UPSTREAM_PROTOCOL_ERROR);
      }
    }
  }

  @Test
  void aKeptConnectionThatTheServerHasClosedIsReplacedUnseen() throws IOException {
    AtomicInteger served = new AtomicInteger();
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              write(connection.getOutputStream(), OK);
              if (served.incrementAndGet() == 1) {
                // It reads the second request and closes without an answer, as a server does whose
                // keep-alive has just ended.
                readHead(connection.getInputStream());
                return;
              }
              connection.getInputStream().read();
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      assertThat(client.say(GET).message()).isEqualTo(OK);
      assertThat(client.say(GET).message()).isEqualTo(OK);
      assertThat(server.clients()).hasSize(2);
      assertThat(rig.finished(2)).allMatch(each -> each.flag() == ResponseFlag.NONE);
    }
  }

  @Test
  void aPostThatMayHaveBeenHandledIsNotSentTwice() throws IOException {
    AtomicInteger requests = new AtomicInteger();
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              requests.incrementAndGet();
              write(connection.getOutputStream(), OK);
              readHead(connection.getInputStream());
              requests.incrementAndGet();
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      assertThat(client.say(GET).message()).isEqualTo(OK);
      client.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.message()).startsWith("HTTP/1.1 503 ");
      assertThat(requests).hasValue(2);
      assertThat(rig.finished(2).getLast().flag()).isEqualTo(ResponseFlag.UPSTREAM_CLOSED);
    }
  }

  @Test
  void whenTheClientLeavesTheUpstreamIsResetAndItIsCounted() throws IOException {
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    CountDownLatch there = new CountDownLatch(1);
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              there.countDown();
              try {
                ended.complete(connection.getInputStream().read() < 0);
              } catch (SocketException e) {
                ended.complete(true);
              }
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say(GET);
      Eventually.until("the request is there", () -> there.getCount() == 0);
      client.socket().setSoLinger(true, 0);
      client.close();
      assertThat(ended.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
      counted(rig, 0, ResponseFlag.DOWNSTREAM_CLOSED);
    }
  }

  @Test
  void aClientThatEndsInTheMiddleOfItsRequestHasLeft() throws IOException {
    try (ScriptedServer server = ScriptedServer.silent();
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
      client.endOutput();
      counted(rig, 0, ResponseFlag.DOWNSTREAM_CLOSED);
      Eventually.until("the upstream is closed", () -> server.open() == 0);
    }
  }

  @Test
  void aHalfClosedClientIsGivenUpAfterItsLimit() throws IOException {
    HttpLimits limits = new HttpLimits(4096, 8192, 8192, 100, 2_000);
    try (ScriptedServer server = ScriptedServer.silent();
        ProxyRig rig = new ProxyRig(server.address(), ProxyRig.settings().withHttp(limits));
        RawClient client = rig.client()) {
      client.say(GET).endOutput();
      counted(rig, 0, ResponseFlag.DOWNSTREAM_CLOSED);
    }
  }

  @Test
  void whatCouldBeReadInTwoWaysIsRefusedAndTheConnectionCloses() throws IOException {
    Map<String, String> bad =
        Map.ofEntries(
            Map.entry(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
                "400"),
            Map.entry(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
                "400"),
            Map.entry(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
                "400"),
            Map.entry("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\n", "400"),
            Map.entry(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501"),
            Map.entry("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
            Map.entry("GET / HTTP/1.1\r\n\r\n", "400"),
            Map.entry("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"),
            Map.entry("GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400"),
            Map.entry("GET / HTTP/1.1\nHost: a\n\n", "400"),
            Map.entry(
                "GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n",
                "400"),
            Map.entry("GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"));
    try (ScriptedServer server = ScriptedServer.silent();
        ProxyRig rig = new ProxyRig(server.address())) {
      rig.declare(AppProtocol.HTTP);
      for (Map.Entry<String, String> each : bad.entrySet()) {
        try (RawClient client = rig.client()) {
          client.say(each.getKey());
          String answer = client.rest();
          assertThat(answer).as(each.getKey()).startsWith("HTTP/1.1 " + each.getValue() + " ");
          assertThat(answer).contains("connection: close");
        }
      }
      assertThat(server.clients()).isEmpty();
      assertThat(rig.finished(bad.size()))
          .allMatch(each -> each.flag() == ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
    }
  }

  @Test
  void headsBeyondTheLimitsAreRefused() throws IOException {
    try (ScriptedServer server = ScriptedServer.silent();
        ProxyRig rig = new ProxyRig(server.address())) {
      rig.declare(AppProtocol.HTTP);
      int line = HttpLimits.DEFAULTS.startLineBytesMax();
      int headers = HttpLimits.DEFAULTS.headerBytesMax();
      try (RawClient client = rig.client()) {
        client.say("GET /" + "x".repeat(line) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.rest()).startsWith("HTTP/1.1 414 ");
      }
      try (RawClient client = rig.client()) {
        client.say("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(headers) + "\r\n\r\n");
        assertThat(client.rest()).startsWith("HTTP/1.1 431 ");
      }
    }
  }
}
