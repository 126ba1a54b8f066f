package io.sluice.proxy;

import static io.sluice.proxy.ProxyRig.GET;
import static io.sluice.proxy.ProxyRig.OK;
import static io.sluice.proxy.testkit.ScriptedServer.readHead;
import static io.sluice.proxy.testkit.ScriptedServer.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.proxy.detect.Detected;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.testkit.DeadPort;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.LoopbackDoors;
import io.sluice.proxy.testkit.QuietTelemetry.Closed;
import io.sluice.proxy.testkit.ScriptedServer;
import io.sluice.proxy.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** With nothing declared: who speaks first, and what becomes of a server that was opened early. */
@ParameterizedClass
@EnumSource(Transport.class)
@ExtendWith(LeakWatch.class)
class ServerFirstTest {
  private static final String BANNER = "220 hello\r\n";

  private final Transport transport;

  private final List<String> heard = new CopyOnWriteArrayList<>();

  ServerFirstTest(Transport transport) {
    this.transport = transport;
  }

  /** Whoever waits for the limit instead of the server's sign waits too long. */
  private ProxyRig patient(InetSocketAddress server) {
    return rig(server, 600_000);
  }

  private ProxyRig rig(InetSocketAddress server, long detectMillis) {
    return new ProxyRig(
        server, ProxySettings.defaults().withTransport(transport).withDetectMillis(detectMillis));
  }

  /** How a connection of the server's ends: what came, and FIN or reset. */
  private void listen(Socket connection) throws IOException {
    StringBuilder came = new StringBuilder();
    try {
      for (int b = connection.getInputStream().read();
          b >= 0;
          b = connection.getInputStream().read()) {
        came.append((char) b);
      }
      heard.add(came + "|end");
    } catch (SocketException e) {
      heard.add(came + "|reset");
      throw e;
    }
  }

  private void heard(String end) {
    Eventually.passes(() -> assertThat(heard).containsExactly(end));
  }

  private static void pause(long millis) {
    LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
  }

  private static Closed counted(ProxyRig rig) {
    Eventually.until("it is counted", () -> rig.telemetry.closed().size() == 1);
    assertThat(rig.telemetry.opened()).hasSize(1);
    assertThat(rig.telemetry.detected()).hasSize(1);
    assertThat(rig.telemetry.finished()).isEmpty();
    return rig.telemetry.closed().getFirst();
  }

  /** The silent client's server has been reached. */
  private static void opened(ScriptedServer server) {
    Eventually.until("the server is opened", () -> server.clients().size() == 1);
  }

  @Test
  void aBannerArrivesAndTheConnectionIsTheServersFromThenOn() throws IOException {
    for (long delay : new long[] {0, 300}) {
      try (ScriptedServer server =
              ScriptedServer.start(connection -> {
                pause(delay);
                write(connection.getOutputStream(), BANNER);
                ScriptedServer.echo(connection);
              });
          ProxyRig rig = patient(server.address());
          RawClient client = rig.client()) {
        assertThat(client.bytes(BANNER.length())).isEqualTo(BANNER);
        client.say(GET).endOutput();
        assertThat(client.rest()).isEqualTo(GET);
        Closed end = counted(rig);
        assertThat(end.flag()).isEqualTo(ResponseFlag.NONE);
        assertThat(end.received()).isEqualTo(GET.length());
        assertThat(end.sent()).isEqualTo(BANNER.length() + GET.length());
        assertThat(server.clients()).hasSize(1);
        assertThat(rig.telemetry.detected()).containsExactly(new Detected.Opaque());
      }
    }
  }

  @Test
  void aServerThatClosesAtOnceIsSeenToCloseAndMayHaveSaidSomething() throws IOException {
    for (String last : List.of("", "-ERR max clients\r\n")) {
      try (ScriptedServer server =
              ScriptedServer.start(connection -> write(connection.getOutputStream(), last));
          ProxyRig rig = patient(server.address())) {
        try (RawClient client = rig.client()) {
          assertThat(client.rest()).isEqualTo(last);
        }
        assertThat(counted(rig).sent()).isEqualTo(last.length());
      }
    }
  }

  @Test
  void aServerThatResetsIsSeenToReset() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              pause(50);
              ScriptedServer.reset(connection);
            });
        ProxyRig rig = patient(server.address());
        RawClient client = rig.client()) {
      assertThatThrownBy(client::rest).isInstanceOf(SocketException.class);
      assertThat(counted(rig).flag()).isEqualTo(ResponseFlag.UPSTREAM_RESET);
    }
  }

  @Test
  void aRefusalIsAResetForTheSilentClient() throws IOException {
    try (DeadPort dead = DeadPort.refusing();
        ProxyRig rig = patient(dead.address());
        RawClient client = rig.client()) {
      assertThatThrownBy(client::rest).isInstanceOf(SocketException.class);
      assertThat(counted(rig).flag()).isEqualTo(ResponseFlag.UPSTREAM_CONNECT_FAILED);
    }
  }

  @Test
  void aClientThatEndsItsHalfSilentlyStillGetsAnAnswer() throws IOException {
    for (boolean early : new boolean[] {false, true}) {
      try (ScriptedServer server =
              ScriptedServer.start(connection -> {
                connection.getInputStream().readAllBytes();
                write(connection.getOutputStream(), "12:00\r\n");
              });
          ProxyRig rig = patient(server.address());
          RawClient client = rig.client()) {
        if (early) {
          opened(server);
        }
        client.endOutput();
        assertThat(client.rest()).isEqualTo("12:00\r\n");
        Closed end = counted(rig);
        assertThat(end.flag()).isEqualTo(ResponseFlag.NONE);
        assertThat(end.received()).isZero();
        assertThat(server.clients()).hasSize(1);
      }
    }
  }

  @Test
  void bytesAndThenTheEndReachTheServerInThisOrder() throws IOException {
    for (boolean early : new boolean[] {false, true}) {
      try (ScriptedServer server = ScriptedServer.echo();
          ProxyRig rig = patient(server.address());
          RawClient client = rig.client()) {
        if (early) {
          opened(server);
        }
        client.say("GE").endOutput();
        assertThat(client.rest()).isEqualTo("GE");
        assertThat(counted(rig).received()).isEqualTo(2);
        assertThat(server.clients()).hasSize(1);
      }
    }
  }

  @Test
  void aClientThatResetsResetsTheServerThatWasOpenedForIt() throws IOException {
    try (ScriptedServer server = ScriptedServer.start(this::listen);
        ProxyRig rig = patient(server.address());
        RawClient client = rig.client()) {
      opened(server);
      ScriptedServer.reset(client.socket());
      heard("|reset");
      Closed end = counted(rig);
      assertThat(end.flag()).isEqualTo(ResponseFlag.DOWNSTREAM_CLOSED);
      assertThat(end.received() + end.sent()).isZero();
      Eventually.until("nothing is left", () -> rig.opened.connections() == 0);
    }
  }

  @Test
  void aClientThatSpeaksHttpAfterAllFindsItsRulesAndTheEarlyServerSeesAnEnd() throws IOException {
    AtomicInteger connections = new AtomicInteger();
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              if (connections.incrementAndGet() == 1) {
                listen(connection);
              } else {
                readHead(connection.getInputStream());
                write(connection.getOutputStream(), OK);
              }
            });
        ProxyRig rig = patient(server.address())) {
      rig.declare(AppProtocol.UNDECLARED);
      try (RawClient client = rig.client()) {
        opened(server);
        pause(300);
        assertThat(client.say(GET).message()).isEqualTo(OK);
        heard("|end");
      }
      assertThat(rig.finished(1).getFirst().edge().service()).contains(ProxyRig.REVIEWS);
      assertThat(rig.telemetry.opened()).isEmpty();
      assertThat(rig.telemetry.detected()).containsExactly(new Detected.Http1());
    }
  }

  @Test
  void whateverElseASilentClientSaysGoesToTheServerThatIsOpen() throws IOException {
    for (String bytes : List.of("*1\r\n$4\r\nPING\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
      try (ScriptedServer server = ScriptedServer.echo();
          ProxyRig rig = patient(server.address());
          RawClient client = rig.client()) {
        opened(server);
        assertThat(client.say(bytes).bytes(bytes.length())).isEqualTo(bytes);
        client.endOutput();
        assertThat(client.rest()).isEmpty();
        assertThat(counted(rig).received()).isEqualTo(bytes.length());
        assertThat(server.clients()).hasSize(1);
      }
    }
  }

  @Test
  void bytesThatCouldBeHttpAreNotHeldForEver() throws IOException {
    for (boolean early : new boolean[] {false, true}) {
      try (ScriptedServer server = ScriptedServer.echo();
          ProxyRig rig = rig(server.address(), 100);
          RawClient client = rig.client()) {
        if (early) {
          opened(server);
        }
        assertThat(client.say("ABCD").bytes(4)).isEqualTo("ABCD");
        assertThat(rig.telemetry.detected()).containsExactly(new Detected.Opaque());
      }
    }
  }

  @Test
  void aSilentConnectionIsEndedByItsClustersIdleTimeout() throws IOException {
    try (ScriptedServer server = ScriptedServer.start(this::listen);
        ProxyRig rig = patient(server.address())) {
      rig.tcp = new TcpOptions(Optional.of(Duration.ofMillis(100)), Optional.empty());
      rig.declare(AppProtocol.UNDECLARED);
      try (RawClient client = rig.client()) {
        assertThat(client.rest()).isEmpty();
        heard("|end");
      }
      Closed end = counted(rig);
      assertThat(end.flag()).isEqualTo(ResponseFlag.NONE);
      assertThat(end.edge().service()).contains(ProxyRig.REVIEWS);
      Eventually.until("nothing is left", () -> rig.opened.connections() == 0);
    }
  }

  @Test
  void aPodThatIsLetGoOfLeavesNothingOfItsSilentConnections() throws IOException {
    try (ScriptedServer server = ScriptedServer.start(this::listen);
        ProxyRig rig = patient(server.address());
        RawClient client = rig.client()) {
      opened(server);
      rig.opened.close();
      assertThat(rig.opened.connections()).isZero();
      assertThatThrownBy(client::rest).isInstanceOf(SocketException.class);
      heard("|reset");
      assertThat(counted(rig).flag()).isEqualTo(ResponseFlag.LOCAL_RESET);
    }
  }

  @Test
  void aPodThatIsLetGoOfWhileTheServerIsDialledLeavesNothing() throws IOException {
    try (DeadPort dead = DeadPort.unanswering();
        ProxyRig rig = patient(dead.address());
        RawClient client = rig.client()) {
      LoopbackDoors.CountingPodSockets sockets =
          (LoopbackDoors.CountingPodSockets) rig.pod.sockets();
      Eventually.until("it is dialled", () -> sockets.opened() == 3);
      rig.opened.close();
      assertThatThrownBy(client::rest).isInstanceOf(SocketException.class);
      assertThat(counted(rig).flag()).isEqualTo(ResponseFlag.LOCAL_RESET);
    }
  }

  @Test
  void aDrainWaitsForASilentConnectionAsForAnyOther() throws IOException {
    try (ScriptedServer server = ScriptedServer.echo();
        ProxyRig rig = patient(server.address());
        RawClient client = rig.client()) {
      opened(server);
      rig.opened.drain(Duration.ofMillis(50));
      assertThat(client.say("*1\r\n").bytes(4)).isEqualTo("*1\r\n");
      client.endOutput();
      assertThat(client.rest()).isEmpty();
      Eventually.until("nothing is left", () -> rig.opened.connections() == 0);
    }
  }

  @Test
  void declaredHttpOpensNoServerEarlyButLetsHttp2Through() throws IOException {
    String preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    try (ScriptedServer server = ScriptedServer.echo();
        ProxyRig rig = patient(server.address())) {
      rig.publish(Optional.empty(), AppProtocol.HTTP);
      try (RawClient client = rig.client()) {
        pause(100);
        assertThat(server.clients()).isEmpty();
        assertThat(client.say(preface).bytes(preface.length())).isEqualTo(preface);
      }
      assertThat(rig.telemetry.detected()).containsExactly(new Detected.Http2());
    }
  }

  @Test
  void onAPortThatDeclaresHttpASilentEndClosesTheConnectionAndIsNoTcp() throws IOException {
    try (ScriptedServer server = ScriptedServer.silent();
        ProxyRig rig = patient(server.address())) {
      rig.declare(AppProtocol.HTTP);
      try (RawClient client = rig.client()) {
        client.endOutput();
        assertThat(client.rest()).isEmpty();
      }
      Eventually.until("nothing is left", () -> rig.opened.connections() == 0);
      assertThat(server.clients()).isEmpty();
      assertThat(rig.telemetry.opened()).isEmpty();
    }
  }

  @Test
  void onAPortThatDeclaresHttpWhatIsNoRequestIsAnsweredWith400() throws IOException {
    try (ScriptedServer server = ScriptedServer.silent();
        ProxyRig rig = patient(server.address())) {
      rig.declare(AppProtocol.HTTP);
      try (RawClient client = rig.client()) {
        assertThat(client.say("*1\r\n$4\r\nPING\r\n").head()).startsWith("HTTP/1.1 400 ");
      }
    }
  }
}
