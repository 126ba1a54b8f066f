package io.sluice.proxy;

import static io.sluice.proxy.testkit.ScriptedServer.readHead;
import static io.sluice.proxy.testkit.ScriptedServer.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.mesh.service.AppProtocol;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.testkit.DeadPort;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bytes that are not HTTP, draining, and the end of a pod. */
@ExtendWith(LeakWatch.class)
class ProxyLifeTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  @Test
  void whatIsNotHttpIsRelayed() throws IOException {
    try (ScriptedServer server = ScriptedServer.echo();
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      client.say("*1\r\n$4\r\nPING\r\n").endOutput();
      assertThat(client.rest()).isEqualTo("*1\r\n$4\r\nPING\r\n");
      Eventually.until("it is counted", () -> rig.telemetry.closed().size() == 1);
      assertThat(rig.telemetry.closed().getFirst().flag()).isEqualTo(ResponseFlag.NONE);
      assertThat(rig.telemetry.closed().getFirst().edge().service()).isEmpty();
      assertThat(rig.telemetry.finished()).isEmpty();
    }
  }

  @Test
  void aDeclaredTcpPortIsRelayedEvenIfItSpeaksHttp() throws IOException {
    try (ScriptedServer server = ScriptedServer.echo();
        ProxyRig rig = new ProxyRig(server.address())) {
      rig.declare(AppProtocol.TCP);
      try (RawClient client = rig.client()) {
        assertThat(client.say(GET).bytes(GET.length())).isEqualTo(GET);
      }
      Eventually.until("it is counted", () -> rig.telemetry.closed().size() == 1);
      assertThat(rig.telemetry.closed().getFirst().edge().service()).contains(ProxyRig.REVIEWS);
      assertThat(rig.telemetry.closed().getFirst().edge().destination()).contains(ProxyRig.SERVER);
    }
  }

  @Test
  void http2WithPriorKnowledgeIsRelayed() throws IOException {
    String preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    try (ScriptedServer server = ScriptedServer.echo();
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      assertThat(client.say(preface).bytes(preface.length())).isEqualTo(preface);
    }
  }

  @Test
  void anOpaqueCallThatIsRefusedIsReset() throws IOException {
    try (DeadPort dead = DeadPort.refusing();
        ProxyRig rig = new ProxyRig(dead.address())) {
      rig.declare(AppProtocol.TCP);
      try (RawClient client = rig.client()) {
        assertThatThrownBy(client::rest).isInstanceOf(SocketException.class);
      }
      Eventually.until("it is counted", () -> rig.telemetry.closed().size() == 1);
      assertThat(rig.telemetry.closed().getFirst().flag())
          .isEqualTo(ResponseFlag.UPSTREAM_CONNECT_FAILED);
    }
  }

  @Test
  void drainingLetsARunningExchangeEndAndClosesTheIdleOnes() throws Exception {
    CompletableFuture<Void> go = new CompletableFuture<>();
    CountDownLatch there = new CountDownLatch(1);
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              String head = readHead(connection.getInputStream());
              if (head.startsWith("GET /slow")) {
                there.countDown();
                go.orTimeout(20, TimeUnit.SECONDS).join();
              }
              write(connection.getOutputStream(), OK);
              connection.getInputStream().read();
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient idle = rig.client();
        RawClient busy = rig.client()) {
      idle.say(GET).message();
      busy.say("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
      Eventually.until("the slow request is there", () -> there.getCount() == 0);
      assertThat(rig.opened.connections()).isEqualTo(2);
      int port = rig.port();
      Thread drain = Thread.ofVirtual().start(() -> rig.opened.drain(Duration.ofSeconds(20)));
      assertThat(idle.rest()).isEmpty();
      Eventually.until(
          "nothing listens",
          () -> {
            try (RawClient late = new RawClient(port)) {
              return late == null;
            } catch (ConnectException e) {
              return true;
            }
          });
      assertThat(drain.isAlive()).isTrue();
      go.complete(null);
      assertThat(busy.rest())
          .isEqualTo("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nconnection: close\r\n\r\nok");
      drain.join();
      assertThat(rig.opened.connections()).isZero();
    }
  }

  @Test
  void aDrainEndsAtItsLimit() throws IOException {
    try (ScriptedServer server = ScriptedServer.silent();
        ProxyRig rig = new ProxyRig(server.address());
        RawClient busy = rig.client()) {
      busy.say(GET);
      Eventually.until("the request is there", () -> server.clients().size() == 1);
      rig.opened.drain(Duration.ofMillis(50));
      assertThat(rig.opened.connections()).isEqualTo(1);
    }
  }

  @Test
  void closingAPodResetsAllOfItsConnectionsOnBothSides() throws IOException {
    CompletableFuture<Boolean> reset = new CompletableFuture<>();
    CountDownLatch there = new CountDownLatch(1);
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              if (readHead(connection.getInputStream()).startsWith("GET /slow")) {
                there.countDown();
                try {
                  reset.complete(connection.getInputStream().read() == 256);
                } catch (SocketException e) {
                  reset.complete(true);
                }
              } else {
                write(connection.getOutputStream(), OK);
                connection.getInputStream().read();
              }
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient idle = rig.client();
        RawClient sniffed = rig.client();
        RawClient busy = rig.client()) {
      idle.say(GET).message();
      busy.say("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
      Eventually.until(
          "all are there", () -> rig.opened.connections() == 3 && there.getCount() == 0);
      rig.opened.close();
      assertThat(rig.opened.connections()).isZero();
      assertThatThrownBy(idle::rest).isInstanceOf(SocketException.class);
      assertThatThrownBy(sniffed::rest).isInstanceOf(SocketException.class);
      assertThatThrownBy(busy::rest).isInstanceOf(SocketException.class);
      assertThat(reset.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
      Eventually.until("no upstream is left", () -> server.open() == 0);
      assertThat(rig.finished(2).getLast().flag()).isEqualTo(ResponseFlag.LOCAL_RESET);
      assertThat(rig.finished(2).getLast().code()).isZero();
    }
  }

  @Test
  void aPodsTunnelsEndWithIt() throws IOException {
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
      client.say("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n").head();
      assertThat(client.say("x").bytes(1)).isEqualTo("x");
      rig.opened.close();
      assertThatThrownBy(client::rest).isInstanceOf(SocketException.class);
      Eventually.until("the upstream is gone", () -> server.open() == 0);
      rig.finished(1);
    }
  }
}
