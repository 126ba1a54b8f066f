package io.sluice.proxy;

import static io.sluice.proxy.ProxyRig.OK;
import static io.sluice.proxy.testkit.ScriptedServer.answering;
import static io.sluice.proxy.testkit.ScriptedServer.readHead;
import static io.sluice.proxy.testkit.ScriptedServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.service.AppProtocol;
import io.sluice.proxy.telemetry.Reporter;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.QuietTelemetry.Finished;
import io.sluice.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bytes in, bytes out, through a whole proxy: what becomes of one request and its response. */
@ExtendWith(LeakWatch.class)
class HttpExchangeTest {
  private final Queue<String> heard = new ConcurrentLinkedQueue<>();

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

  @Test
  void aRequestGoesOutAsItCameButForTheHeadersOfOneHop() throws IOException {
    try (ScriptedServer server = answering(OK, heard::add);
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
    try (ScriptedServer server = answering(OK, heard::add);
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
    try (ScriptedServer server = answering(answer, heard::add);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.message()).isEqualTo(answer);
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
          .isEqualTo("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n");
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
      try (ScriptedServer server =
              answering("HTTP/1.1 " + status + "\r\nETag: x\r\n\r\n", heard::add);
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
                    + "5\r\nhello\r\n0\r\n\r\n",
                heard::add);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("GET / HTTP/1.0\r\n\r\n");
      assertThat(client.rest()).isEqualTo("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello");
      assertThat(heard.remove())
          .startsWith("GET / HTTP/1.1\r\nhost: 127.0.0.1:" + server.port() + "\r\n");
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
    try (ScriptedServer server = answering(OK, heard::add);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("GET http://reviews.shop/a?b HTTP/1.1\r\nHost: reviews.shop\r\n\r\n");
      assertThat(client.message()).isEqualTo(OK);
      assertThat(heard.remove())
          .startsWith("GET http://reviews.shop/a?b HTTP/1.1\r\nHost: reviews.shop\r\n");
    }
  }

  @Test
  void theEdgeNamesBothWorkloadsAndTheService() throws IOException {
    try (ScriptedServer server = answering(OK, heard::add);
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
