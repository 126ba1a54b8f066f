package io.sluice.proxy;

import static io.sluice.proxy.testkit.ScriptedServer.readHead;
import static io.sluice.proxy.testkit.ScriptedServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.LoopbackDoors;
import io.sluice.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Where a message ends, and that no other's bytes are taken for its own. */
@ExtendWith(LeakWatch.class)
class HttpFramingTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  private static ScriptedServer answering(String response) {
    return ScriptedServer.start(connection -> {
      while (true) {
        readHead(connection.getInputStream());
        write(connection.getOutputStream(), response);
      }
    });
  }

  private static void say(RawClient client, String text) {
    try {
      client.say(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aLengthOfManyZerosIsNoBodyAndTheNextRequestIsOneOfItsOwn() throws IOException {
    try (ScriptedServer server = answering(OK);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 00\r\n\r\n" + GET);
      assertThat(client.message()).isEqualTo(OK);
      assertThat(client.message()).isEqualTo(OK);
      assertThat(rig.finished(2)).allMatch(each -> each.code() == 200);
    }
  }

  @Test
  void anEmptyResponseMayHaveALengthOfManyZeros() throws IOException {
    String none = "HTTP/1.1 200 OK\r\nContent-Length: 000\r\n\r\n";
    try (ScriptedServer server = answering(none);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      assertThat(client.say(GET).message()).isEqualTo(none);
      assertThat(client.say(GET).message()).isEqualTo(none);
    }
  }

  /** Otherwise an upstream could put an answer of its own before another one's. */
  @Test
  void aResponseThatCouldBeReadInTwoWaysIsA502() throws IOException {
    for (String bad :
        new String[] {
          "HTTP/1.1 042 Early\r\nContent-Length: 2\r\n\r\nok",
          "HTTP/1.1 99 Early\r\n\r\n" + OK,
          "HTTP/1.1 +20 OK\r\nContent-Length: 2\r\n\r\nok",
          "HTTP/1.1 1000 OK\r\nContent-Length: 2\r\n\r\nok",
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: gzip\r\n\r\nok",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        }) {
      try (ScriptedServer server = answering(bad);
          ProxyRig rig = new ProxyRig(server.address());
          RawClient client = rig.client()) {
        assertThat(client.say(GET).message()).as(bad).startsWith("HTTP/1.1 502 ");
        assertThat(rig.finished(1).getFirst().flag())
            .as(bad)
            .isEqualTo(ResponseFlag.UPSTREAM_PROTOCOL_ERROR);
      }
    }
  }

  @Test
  void aCodingThatCodesNothingIsLeftOut() throws IOException {
    try (ScriptedServer server =
            answering(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok");
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      assertThat(client.say(GET).message()).isEqualTo(OK);
      assertThat(client.say(GET).message()).isEqualTo(OK);
    }
  }

  @Test
  void aServerThatSwitchesBeforeTheRequestIsWholeIsA502() throws IOException {
    try (ScriptedServer server =
            answering(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say(
          "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n"
              + "Content-Length: 5\r\n\r\n");
      assertThat(client.message()).startsWith("HTTP/1.1 502 ");
    }
  }

  @Test
  void anAbsoluteTargetOverridesTheHostHeader() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              String host = readHead(connection.getInputStream()).split("\r\n")[1];
              write(
                  connection.getOutputStream(),
                  "HTTP/1.1 200 OK\r\nContent-Length: " + host.length() + "\r\n\r\n" + host);
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("GET http://reviews.shop/ HTTP/1.1\r\nHost: other\r\n\r\n");
      assertThat(client.message()).endsWith("host: reviews.shop");
    }
  }

  /** The server ends while the client is slow; what ends last is not the response but the wait. */
  @Test
  void aConnectionWhoseServerHasEndedItMeanwhileIsNotKept() throws IOException {
    String body = "x".repeat(1 << 19);
    AtomicInteger served = new AtomicInteger();
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              if (served.incrementAndGet() == 1) {
                write(
                    connection.getOutputStream(),
                    "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
              } else {
                write(connection.getOutputStream(), OK);
              }
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = new RawClient(rig.port(), 16 * 1024)) {
      client.say(GET);
      Eventually.until(
          "the server has closed", () -> server.clients().size() == 1 && server.open() == 0);
      assertThat(client.message()).hasSizeGreaterThan(body.length());
      client.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.message()).isEqualTo(OK);
    }
  }

  /** Its first piece comes while a second connection is dialled in place of the stale one. */
  @Test
  void theBodyBehindAStaleConnectionIsNotLost() throws IOException {
    AtomicInteger served = new AtomicInteger();
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              if (served.incrementAndGet() == 1) {
                write(connection.getOutputStream(), OK);
                readHead(connection.getInputStream());
                return;
              }
              byte[] body = connection.getInputStream().readNBytes(5);
              write(
                  connection.getOutputStream(),
                  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
                      + new String(body, StandardCharsets.ISO_8859_1));
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      assertThat(client.say(GET).message()).isEqualTo(OK);
      // The body arrives while the second socket is made.
      ((LoopbackDoors.CountingPodSockets) rig.pod.sockets()).beforeOpen(() -> say(client, "hello"));
      client.say("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
      assertThat(client.message()).endsWith("hello");
    }
  }

  @Test
  void anEndThatCameWithTheFirstBytesOfATunnelStaysBehindThem() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              readHead(connection.getInputStream());
              write(connection.getOutputStream(), "HTTP/1.1 200 OK\r\n\r\n");
              ScriptedServer.echo(connection);
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\nearly").endOutput();
      assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
      assertThat(client.rest()).isEqualTo("early");
    }
  }

  @Test
  void aTunnelThatIsResetIsCountedWithWhoDidIt() throws IOException {
    for (Map.Entry<Boolean, ResponseFlag> each :
        Map.of(true, ResponseFlag.UPSTREAM_RESET, false, ResponseFlag.DOWNSTREAM_CLOSED)
            .entrySet()) {
      try (ScriptedServer server =
              ScriptedServer.start(connection -> {
                readHead(connection.getInputStream());
                write(connection.getOutputStream(), "HTTP/1.1 200 OK\r\n\r\n");
                connection.getInputStream().read();
                if (each.getKey()) {
                  ScriptedServer.reset(connection);
                } else {
                  connection.getInputStream().read();
                }
              });
          ProxyRig rig = new ProxyRig(server.address());
          RawClient client = rig.client()) {
        client.say("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n");
        assertThat(client.head()).startsWith("HTTP/1.1 200 OK");
        client.say("x");
        if (!each.getKey()) {
          client.socket().setSoLinger(true, 0);
          client.close();
        }
        assertThat(rig.finished(1).getFirst().flag()).isEqualTo(each.getValue());
      }
    }
  }
}
