package io.sluice.proxy;

import static io.sluice.proxy.testkit.ScriptedServer.readHead;
import static io.sluice.proxy.testkit.ScriptedServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.service.AppProtocol;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.telemetry.Reporter;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.QuietTelemetry.Finished;
import io.sluice.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bytes in, bytes out, through a whole proxy. */
@ExtendWith(LeakWatch.class)
class HttpExchangeTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private final Queue<String> heard = new ConcurrentLinkedQueue<>();

  /** Answers each head on a connection with the same bytes. */
  private ScriptedServer answering(String response) {
    return ScriptedServer.start(connection -> {
      while (true) {
        heard.add(readHead(connection.getInputStream()));
        write(connection.getOutputStream(), response);
      }
    });
  }

  /** Hears so many body bytes behind the head, then answers and goes on. */
  private ScriptedServer hearing(int bodyBytes, String response) {
    return ScriptedServer.start(connection -> {
      while (true) {
        String head = readHead(connection.getInputStream());
        heard.add(head + text(connection.getInputStream().readNBytes(bodyBytes)));
        write(connection.getOutputStream(), response);
      }
    });
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new IOException("not within 20 s");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aRequestGoesOutAsItCameButForTheHeadersOfOneHop() throws IOException {
    try (ScriptedServer server = answering(OK);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say(
          "GET /a%20b?c=d HTTP/1.1\r\nhOsT: reviews.shop\r\nX-B: 1\r\nConnection: keep-alive, X-Hop\r\n"
              + "X-Hop: 1\r\nKeep-Alive: 5\r\nx-a: 2\r\nX-B: 3\r\nx-request-id: r1\r\n"
              + "x-forwarded-for: 10.0.0.1\r\nX-Forwarded-Proto: https\r\n\r\n");
      assertThat(client.message()).isEqualTo(OK);
      assertThat(heard)
          .containsExactly(
              "GET /a%20b?c=d HTTP/1.1\r\nhOsT: reviews.shop\r\nX-B: 1\r\nx-a: 2\r\nX-B: 3\r\n"
                  + "x-request-id: r1\r\nx-forwarded-for: 10.0.0.1\r\nX-Forwarded-Proto: https\r\n\r\n");
    }
  }

  @Test
  void aRequestIdAndTheProtocolAreAddedWhereMissing() throws IOException {
    try (ScriptedServer server = answering(OK);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      client.message();
      assertThat(heard.remove())
          .matches(
              "GET / HTTP/1.1\r\nHost: a\r\nx-forwarded-proto: http\r\n"
                  + "x-request-id: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\r\n\r\n");
    }
  }

  @Test
  void theAnswerKeepsItsHeadersAndGetsNoNewOnes() throws IOException {
    String answer =
        "HTTP/1.1 207 Multi Status\r\nX-Z: 1\r\ndAtE: never\r\nX-A: 2\r\nContent-Length: 0\r\n\r\n";
    try (ScriptedServer server = answering(answer);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.message()).isEqualTo(answer);
    }
  }

  @Test
  void oneConnectionCarriesRequestAfterRequestAndSoDoesItsUpstream() throws IOException {
    try (ScriptedServer server = answering(OK);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      for (int i = 0; i < 20; i++) {
        client.say("GET /" + i + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.message()).isEqualTo(OK);
      }
      assertThat(server.clients()).hasSize(1);
      assertThat(rig.finished(20))
          .allMatch(each ->
              each.code() == 200 && each.flag() == ResponseFlag.NONE && each.responseBytes() == 2);
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              while (true) {
                String path = readHead(connection.getInputStream()).split(" ")[1];
                write(
                    connection.getOutputStream(),
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + path);
              }
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say(
          "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
              + "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
      for (int i = 1; i <= 3; i++) {
        assertThat(client.message()).endsWith("\r\n\r\n/" + i);
      }
    }
  }

  @Test
  void thousandsOfPipelinedRequestsNeitherOverflowTheStackNorGetLost() throws Exception {
    try (ScriptedServer server = answering(OK);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      int count = 3_000;
      Thread speaker =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(count));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(client.bytes(OK.length() * count)).isEqualTo(OK.repeat(count));
      speaker.join();
    }
  }

  @Test
  void pipelinedRequestsBeforeAHalfCloseAreAllAnswered() throws IOException {
    try (ScriptedServer server = answering(OK);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
      client.endOutput();
      assertThat(client.rest()).isEqualTo(OK.repeat(3));
    }
  }

  @Test
  void bodiesWithALengthAndInChunksStayAsTheyAre() throws IOException {
    String chunked = "5\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 6\r\n\r\n";
    try (ScriptedServer server =
            hearing(
                chunked.length(),
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                    + chunked);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say(
          "POST / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: TE\r\nTransfer-Encoding: chunked\r\n\r\n"
              + chunked);
      assertThat(client.head())
          .isEqualTo("HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\ntransfer-encoding: chunked\r\n\r\n");
      assertThat(client.bytes(chunked.length())).isEqualTo(chunked);
      assertThat(heard.remove())
          .contains("\r\nte: trailers\r\n")
          .contains("connection: TE")
          .endsWith("\r\n\r\n" + chunked);
      Finished counted = rig.finished(1).getFirst();
      assertThat(counted.requestBytes()).isEqualTo(6);
      assertThat(counted.responseBytes()).isEqualTo(6);
    }
  }

  @Test
  void aBodyThatEndsWithTheUpstreamsConnectionGoesOutInChunks() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              write(connection.getOutputStream(), "HTTP/1.0 200 OK\r\n\r\nhello");
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.head()).isEqualTo("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
      assertThat(client.bytes(15)).isEqualTo("5\r\nhello\r\n0\r\n\r\n");
    }
  }

  @Test
  void headIsAnsweredWithoutBodyAndTheNextRequestIsNotConfused() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              while (true) {
                boolean head = readHead(connection.getInputStream()).startsWith("HEAD");
                write(
                    connection.getOutputStream(),
                    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + (head ? "" : "hello"));
              }
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.head()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
      assertThat(client.message()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
      assertThat(server.clients()).hasSize(1);
    }
  }

  @Test
  void noContentAndNotModifiedHaveNoBody() throws IOException {
    for (String status : List.of("204 No Content", "304 Not Modified")) {
      try (ScriptedServer server = answering("HTTP/1.1 " + status + "\r\nETag: x\r\n\r\n");
          ProxyRig rig = new ProxyRig(server.address());
          RawClient client = rig.client()) {
        client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2));
        assertThat(client.head()).isEqualTo("HTTP/1.1 " + status + "\r\nETag: x\r\n\r\n");
        assertThat(client.head()).isEqualTo("HTTP/1.1 " + status + "\r\nETag: x\r\n\r\n");
      }
    }
  }

  @Test
  void continueAndOtherInterimResponsesPassFromEndToEnd() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              InputStream in = connection.getInputStream();
              heard.add(readHead(in));
              write(connection.getOutputStream(), "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
              write(connection.getOutputStream(), "HTTP/1.1 100 Continue\r\n\r\n");
              heard.add(text(in.readNBytes(4)));
              write(connection.getOutputStream(), OK);
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
      assertThat(client.head()).isEqualTo("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
      assertThat(client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      client.say("body");
      assertThat(client.message()).isEqualTo(OK);
      assertThat(heard.remove()).contains("Expect: 100-continue");
      assertThat(heard.remove()).isEqualTo("body");
    }
  }

  @Test
  void anOldClientGetsNeitherChunksNorInterimResponses() throws IOException {
    try (ScriptedServer server =
            answering(
                "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5\r\nhello\r\n0\r\n\r\n");
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("GET / HTTP/1.0\r\n\r\n");
      assertThat(client.rest()).isEqualTo("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello");
      assertThat(heard.remove())
          .startsWith("GET / HTTP/1.1\r\nhost: 127.0.0.1:" + server.port() + "\r\n");
    }
  }

  @Test
  void anOldClientMayKeepItsConnection() throws IOException {
    try (ScriptedServer server = answering(OK);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      for (int i = 0; i < 2; i++) {
        client.say("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assertThat(client.message())
            .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nconnection: keep-alive\r\n\r\nok");
      }
    }
  }

  @Test
  void aClientThatAsksForCloseGetsIt() throws IOException {
    try (ScriptedServer server = answering(OK);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      assertThat(client.rest())
          .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nconnection: close\r\n\r\nok");
      assertThat(heard.remove()).doesNotContain("Connection");
    }
  }

  @Test
  void anUpstreamThatAsksForCloseDoesNotCloseTheClient() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              write(
                  connection.getOutputStream(),
                  "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      for (int i = 0; i < 3; i++) {
        client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.message()).isEqualTo(OK);
      }
      assertThat(server.clients()).hasSize(3);
    }
  }

  @Test
  void aClientThatHasShutDownItsSendingSideStillGetsItsResponse() throws IOException {
    CountDownLatch go = new CountDownLatch(1);
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              await(go);
              write(connection.getOutputStream(), OK);
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      client.endOutput();
      Eventually.until("the request is there", () -> server.clients().size() == 1);
      go.countDown();
      assertThat(client.rest()).isEqualTo(OK);
    }
  }

  @Test
  void anEarlyResponseReachesAClientThatIsStillSending() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              write(
                  connection.getOutputStream(),
                  "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say(
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n" + "x".repeat(100_000));
      assertThat(client.message())
          .isEqualTo("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
      assertThat(client.rest()).isEmpty();
      assertThat(rig.finished(1).getFirst().code()).isEqualTo(413);
    }
  }

  @Test
  void aResponseMayBeginBeforeTheRequestEnds() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              InputStream in = connection.getInputStream();
              readHead(in);
              write(connection.getOutputStream(), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
              for (int i = 0; i < 3; i++) {
                connection.getOutputStream().write(in.read());
                connection.getOutputStream().flush();
              }
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
      client.head();
      for (String each : List.of("a", "b", "c")) {
        assertThat(client.say(each).bytes(1)).isEqualTo(each);
      }
    }
  }

  @Test
  void absoluteFormIsPassedOnAsItIs() throws IOException {
    try (ScriptedServer server = answering(OK);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("GET http://reviews.shop/a?b HTTP/1.1\r\nHost: reviews.shop\r\n\r\n");
      assertThat(client.message()).isEqualTo(OK);
      assertThat(heard.remove())
          .startsWith("GET http://reviews.shop/a?b HTTP/1.1\r\nHost: reviews.shop\r\n");
    }
  }

  @Test
  void anUpgradeBecomesATunnelWithBothHalfClosesOfItsOwn() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              heard.add(readHead(connection.getInputStream()));
              write(
                  connection.getOutputStream(),
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      + "Sec-WebSocket-Accept: x\r\n\r\nfirst");
              ScriptedServer.echo(connection);
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say(
          "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nsecond");
      assertThat(client.head())
          .isEqualTo(
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n"
                  + "connection: upgrade\r\n\r\n");
      assertThat(client.bytes(11)).isEqualTo("firstsecond");
      client.say("third").endOutput();
      assertThat(client.rest()).isEqualTo("third");
      assertThat(heard.remove())
          .contains("Upgrade: websocket\r\n")
          .contains("connection: Upgrade\r\n");
      Finished counted = rig.finished(1).getFirst();
      assertThat(counted.code()).isEqualTo(101);
      assertThat(counted.requestBytes()).isEqualTo(11);
      assertThat(counted.responseBytes()).isEqualTo(16);
    }
  }

  @Test
  void aRefusedUpgradeIsAnOrdinaryResponse() throws IOException {
    try (ScriptedServer server = answering(OK);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      for (int i = 0; i < 2; i++) {
        client.say(
            "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        assertThat(client.message()).isEqualTo(OK);
      }
    }
  }

  @Test
  void anUpgradeToH2cIsNotPassedOnSoThatTheRulesKeepSeeingRequests() throws IOException {
    try (ScriptedServer server = answering(OK);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say(
          "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
              + "HTTP2-Settings: AAA\r\nx-request-id: r\r\n\r\n");
      assertThat(client.message()).isEqualTo(OK);
      assertThat(heard.remove())
          .isEqualTo(
              "GET / HTTP/1.1\r\nHost: a\r\nx-request-id: r\r\nx-forwarded-proto: http\r\n\r\n");
    }
  }

  @Test
  void connectBecomesATunnel() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              heard.add(readHead(connection.getInputStream()));
              write(connection.getOutputStream(), "HTTP/1.1 200 Connected\r\n\r\n");
              ScriptedServer.echo(connection);
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("CONNECT far.example:443 HTTP/1.1\r\nHost: far.example:443\r\n\r\n");
      assertThat(client.head()).isEqualTo("HTTP/1.1 200 Connected\r\n\r\n");
      client.say("secret").endOutput();
      assertThat(client.rest()).isEqualTo("secret");
      assertThat(heard.remove()).startsWith("CONNECT far.example:443 HTTP/1.1\r\n");
    }
  }

  @Test
  void theEdgeNamesBothWorkloadsAndTheService() throws IOException {
    try (ScriptedServer server = answering(OK);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      rig.declare(AppProtocol.HTTP);
      client.say("GET / HTTP/1.1\r\nHost: whatever\r\n\r\n").message();
      Finished counted = rig.finished(1).getFirst();
      assertThat(counted.edge().reporter()).isEqualTo(Reporter.SOURCE);
      assertThat(counted.edge().source()).contains(rig.pod.workload());
      assertThat(counted.edge().destination()).contains(ProxyRig.SERVER);
      assertThat(counted.edge().service()).contains(ProxyRig.REVIEWS);
    }
  }

  @Test
  void everySplitOfARequestComesOutTheSame() throws IOException {
    String request =
        "POST /x HTTP/1.1\r\nHost: a\r\nx-request-id: r\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n";
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              while (true) {
                heard.add(readHead(connection.getInputStream()));
                heard.add(readHead(connection.getInputStream()));
                write(connection.getOutputStream(), OK);
              }
            });
        ProxyRig rig = new ProxyRig(server.address())) {
      rig.declare(AppProtocol.HTTP);
      try (RawClient client = rig.client()) {
        for (int split = 1; split < request.length(); split++) {
          client.say(request.substring(0, split)).say(request.substring(split));
          assertThat(client.message()).as("split at " + split).isEqualTo(OK);
          assertThat(heard.remove())
              .as("split at " + split)
              .isEqualTo(
                  "POST /x HTTP/1.1\r\nHost: a\r\nx-request-id: r\r\nTransfer-Encoding: chunked\r\n"
                      + "x-forwarded-proto: http\r\n\r\n");
          // A chunk that comes in two parts may leave as two chunks.
          assertThat(heard.remove())
              .as("split at " + split)
              .isIn(
                  "3\r\nabc\r\n0\r\nT: 1\r\n\r\n",
                  "1\r\na\r\n2\r\nbc\r\n0\r\nT: 1\r\n\r\n",
                  "2\r\nab\r\n1\r\nc\r\n0\r\nT: 1\r\n\r\n");
        }
      }
    }
  }

  @Test
  void everySplitOfAResponseComesOutTheSame() throws IOException {
    String head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\n";
    String response = "HTTP/1.1 100 Continue\r\n\r\n" + head + "hello";
    int[] split = {1};
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              while (true) {
                readHead(connection.getInputStream());
                write(connection.getOutputStream(), response.substring(0, split[0]));
                write(connection.getOutputStream(), response.substring(split[0]));
              }
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      for (split[0] = 1; split[0] < response.length(); split[0]++) {
        client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.bytes(response.length())).as("split at " + split[0]).isEqualTo(response);
      }
      assertThat(server.clients()).hasSize(1);
    }
  }
}
