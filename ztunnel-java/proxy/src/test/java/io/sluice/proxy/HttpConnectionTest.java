package io.sluice.proxy;

import static io.sluice.proxy.ProxyRig.OK;
import static io.sluice.proxy.testkit.ScriptedServer.answering;
import static io.sluice.proxy.testkit.ScriptedServer.readHead;
import static io.sluice.proxy.testkit.ScriptedServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.QuietTelemetry.Finished;
import io.sluice.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What one client connection carries: request after request, its end, or a tunnel. */
@ExtendWith(LeakWatch.class)
class HttpConnectionTest {
  private final Queue<String> heard = new ConcurrentLinkedQueue<>();

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
  void oneConnectionCarriesRequestAfterRequestAndSoDoesItsUpstream() throws IOException {
    try (ScriptedServer server = answering(OK, heard::add);
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
    try (ScriptedServer server = answering(OK, heard::add);
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
    try (ScriptedServer server = answering(OK, heard::add);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
      client.endOutput();
      assertThat(client.rest()).isEqualTo(OK.repeat(3));
    }
  }

  @Test
  void anOldClientMayKeepItsConnection() throws IOException {
    try (ScriptedServer server = answering(OK, heard::add);
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
    try (ScriptedServer server = answering(OK, heard::add);
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
    try (ScriptedServer server = answering(OK, heard::add);
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
    try (ScriptedServer server = answering(OK, heard::add);
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
}
