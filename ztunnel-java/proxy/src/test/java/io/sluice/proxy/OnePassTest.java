package io.sluice.proxy;

import static io.sluice.proxy.ProxyRig.GET;
import static io.sluice.proxy.ProxyRig.OK;
import static io.sluice.proxy.testkit.ScriptedServer.answering;
import static io.sluice.proxy.testkit.ScriptedServer.readHead;
import static io.sluice.proxy.testkit.ScriptedServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.sluice.mesh.RouteTable;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.telemetry.Edge;
import io.sluice.proxy.telemetry.Reporter;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.LoopbackDoors.Neighbour;
import io.sluice.proxy.testkit.QuietTelemetry.Closed;
import io.sluice.proxy.testkit.QuietTelemetry.Finished;
import io.sluice.proxy.testkit.ScriptedServer;
import io.sluice.proxy.testkit.TlsServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The called pod is enrolled on the same machine: one pass counts for both. */
@ExtendWith(LeakWatch.class)
class OnePassTest {

  @Test
  void aRequestIsCountedByBothReportersAlike() throws IOException {
    try (ScriptedServer server = answering(OK, head -> {});
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      Neighbour called = rig.doors.pods().set("reviews");
      leadsTo(rig, server, AppProtocol.HTTP);
      for (int i = 0; i < 2; i++) {
        client.say("POST / HTTP/1.1\r\nHost: reviews.shop\r\nContent-Length: 3\r\n\r\nabc");
        assertThat(client.message()).isEqualTo(OK);
      }
      List<Finished> counted = rig.finished(4);
      assertThat(rig.doors.own().straight()).as("one connection").hasSize(1);
      assertThat(counted.get(1).edge())
          .isEqualTo(
              new Edge(
                  Reporter.DESTINATION,
                  Optional.of(rig.pod.workload()),
                  Optional.of(called.workload()),
                  Optional.of(ProxyRig.REVIEWS)));
      assertThat(counted.get(0).edge().reporter()).isEqualTo(Reporter.SOURCE);
      for (int i = 0; i < 4; i += 2) {
        assertThat(counted.get(i + 1)).isEqualTo(as(counted.get(i), counted.get(i + 1).edge()));
        assertThat(counted.get(i).requestBytes()).isEqualTo(3);
        assertThat(counted.get(i).responseBytes()).isEqualTo(2);
      }
    }
  }

  private static Finished as(Finished counted, Edge edge) {
    return new Finished(
        edge,
        counted.code(),
        counted.flag(),
        counted.durationNanos(),
        counted.requestBytes(),
        counted.responseBytes());
  }

  @Test
  void aTimeoutIsSeenByBoth() throws IOException {
    try (ScriptedServer server = ScriptedServer.silent();
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      rig.doors.pods().set("reviews");
      rig.timeout(Duration.ofMillis(100));
      client.say("GET / HTTP/1.1\r\nHost: reviews.shop\r\n\r\n");
      assertThat(client.message()).startsWith("HTTP/1.1 504 ");
      assertThat(rig.finished(2))
          .allMatch(each -> each.code() == 504 && each.flag() == ResponseFlag.UPSTREAM_TIMEOUT);
    }
  }

  @Test
  void anAppThatClosesIsSeenByBoth() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> readHead(connection.getInputStream()));
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      rig.doors.pods().set("reviews");
      client.say(GET);
      assertThat(client.message()).startsWith("HTTP/1.1 503 ");
      assertThat(rig.finished(2))
          .allMatch(each -> each.code() == 503 && each.flag() == ResponseFlag.UPSTREAM_CLOSED);
    }
  }

  @Test
  void whatWasSteeredAllTheSameIsTheCalledSidesToCount() throws IOException {
    try (ScriptedServer server = answering(OK, head -> {});
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      rig.doors.pods().set("reviews");
      rig.doors.own().steerAll();
      client.say(GET + GET);
      client.message();
      client.message();
      assertThat(rig.finished(2)).allMatch(each -> each.edge().reporter() == Reporter.SOURCE);
      assertThat(rig.doors.own().straight()).hasSize(1);
    }
  }

  @Test
  void aPodThatWasLetGoOfIsNotCountedForAnyMore() throws IOException {
    try (ScriptedServer server = answering(OK, head -> {});
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      Neighbour called = rig.doors.pods().set("reviews");
      client.say(GET);
      client.message();
      rig.finished(2);
      called.letGo();
      rig.doors.pods().clear();
      client.say(GET);
      client.message();
      assertThat(rig.finished(3).getLast().edge().reporter()).isEqualTo(Reporter.SOURCE);
      assertThat(server.clients()).as("dials").hasSize(2);
    }
  }

  @Test
  void aRelayIsCountedByBothReportersAlike() throws IOException {
    try (ScriptedServer server = ScriptedServer.echo();
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      Neighbour called = rig.doors.pods().set("reviews");
      leadsTo(rig, server, AppProtocol.TCP);
      client.say("hello");
      assertThat(client.bytes(5)).isEqualTo("hello");
      client.endOutput();
      Eventually.until("both ends", () -> rig.telemetry.closed().size() == 2);
      Closed source = rig.telemetry.closed().get(0);
      assertThat(source.received()).isEqualTo(5);
      assertThat(source.sent()).isEqualTo(5);
      assertThat(rig.telemetry.closed().get(1))
          .isEqualTo(
              new Closed(
                  new Edge(
                      Reporter.DESTINATION,
                      Optional.of(rig.pod.workload()),
                      Optional.of(called.workload()),
                      Optional.of(ProxyRig.REVIEWS)),
                  ResponseFlag.NONE,
                  5,
                  5));
      assertThat(rig.telemetry.opened()).hasSize(2);
    }
  }

  @Test
  void whereTlsIsAddedTheCalledSideCountsAConnectionAndItsCiphertext() throws IOException {
    X509Bundle certificate =
        TlsServer.certificate(
            TlsServer.authority("test"), names -> names.addSanDnsName("reviews.shop"));
    try (TlsServer server =
            new TlsServer(
                certificate,
                connection -> {
                  readHead(connection.getInputStream());
                  write(connection.getOutputStream(), OK);
                });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      Neighbour called = rig.doors.pods().set("reviews");
      rig.tls = Optional.of(new UpstreamTls("", List.of(), Optional.empty(), true));
      rig.timeout(Duration.ofMinutes(1));
      client.say("GET / HTTP/1.1\r\nHost: reviews.shop\r\n\r\n");
      assertThat(client.message()).isEqualTo(OK);
      assertThat(rig.finished(1).getLast().edge().reporter()).isEqualTo(Reporter.SOURCE);
      Eventually.until("the server's end", () -> !rig.telemetry.closed().isEmpty());
      assertThat(rig.telemetry.opened())
          .containsExactly(
              new Edge(
                  Reporter.DESTINATION,
                  Optional.of(rig.pod.workload()),
                  Optional.of(called.workload()),
                  Optional.empty()));
      Closed ended = rig.telemetry.closed().getFirst();
      assertThat(ended.flag()).isEqualTo(ResponseFlag.NONE);
      assertThat(ended.received()).isGreaterThan(GET.length());
      assertThat(ended.sent()).as("the certificate, too").isGreaterThan(OK.length() + 100L);
      assertThat(rig.telemetry.finished()).hasSize(1);
    }
  }

  @Test
  void whereTlsFailsTheCalledSideHasSeenTheAttempt() throws IOException {
    X509Bundle certificate =
        TlsServer.certificate(
            TlsServer.authority("test"), names -> names.addSanDnsName("reviews.shop"));
    try (TlsServer server = TlsServer.echo(certificate);
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      rig.doors.pods().set("reviews");
      rig.tls = Optional.of(new UpstreamTls("", List.of(), Optional.empty(), false));
      rig.timeout(Duration.ofMinutes(1));
      client.say("GET / HTTP/1.1\r\nHost: reviews.shop\r\n\r\n");
      assertThat(client.message()).startsWith("HTTP/1.1 503 ").contains("TLS failed");
      assertThat(rig.finished(1).getLast().flag()).isEqualTo(ResponseFlag.UPSTREAM_CONNECT_FAILED);
      Eventually.until("its end", () -> !rig.telemetry.closed().isEmpty());
      assertThat(rig.telemetry.closed()).hasSize(1);
      assertThat(rig.telemetry.closed().getFirst().edge().reporter())
          .isEqualTo(Reporter.DESTINATION);
    }
  }

  @Test
  void aRelayToAPodWhosePortIsHttpIsLookedAtThereByItself() throws IOException {
    try (ScriptedServer server = ScriptedServer.echo();
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      rig.doors.pods().set("reviews");
      ServicePort dialled = port(rig, server, AppProtocol.TCP);
      ServicePort called = port(rig, server, AppProtocol.HTTP);
      rig.tables.publish(
          new RouteTable(
              1,
              Map.of(server.address(), dialled),
              Map.of(),
              Map.of(server.address(), List.of(called)),
              Map.of()));
      client.say("hello");
      assertThat(client.bytes(5)).isEqualTo("hello");
      assertThat(rig.doors.own().straight()).isEmpty();
    }
  }

  /** The server's port is one of a service, dialled directly. */
  private static void leadsTo(ProxyRig rig, ScriptedServer server, AppProtocol protocol) {
    ServicePort port = port(rig, server, protocol);
    rig.tables.publish(
        new RouteTable(
            1,
            Map.of(server.address(), port),
            Map.of(),
            Map.of(server.address(), List.of(port)),
            Map.of()));
  }

  private static ServicePort port(ProxyRig rig, ScriptedServer server, AppProtocol protocol) {
    return new ServicePort(ProxyRig.REVIEWS, server.port(), protocol, rig.cluster());
  }
}
