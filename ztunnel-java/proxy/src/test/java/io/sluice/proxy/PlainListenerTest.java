package io.sluice.proxy;

import static io.sluice.proxy.ProxyRig.OK;
import static io.sluice.proxy.ProxyRig.REVIEWS;
import static io.sluice.proxy.testkit.ScriptedServer.readHead;
import static io.sluice.proxy.testkit.ScriptedServer.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.mesh.service.AppProtocol;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.telemetry.Reporter;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.QuietTelemetry.Finished;
import io.sluice.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** HTTP that was not redirected, treated as if the pod had sent it. */
@ExtendWith(LeakWatch.class)
class PlainListenerTest {

  private static ScriptedServer server() throws IOException {
    return ScriptedServer.start(connection -> {
      while (true) {
        readHead(connection.getInputStream());
        write(connection.getOutputStream(), OK);
      }
    });
  }

  private static RawClient client(ProxyRig rig, int destinationPort) throws IOException {
    PodProxy plain =
        rig.proxy.openPlain(
            rig.pod, new PlainAddress(new InetSocketAddress("127.0.0.1", 0), destinationPort));
    assertThat(plain.listeners())
        .hasSize(1)
        .allMatch(each -> each.role() == PodListener.Role.PLAIN);
    return new RawClient(plain.listeners().getFirst().port());
  }

  private static String get(String host) {
    return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  }

  @Test
  void theHostChoosesAmongTheHostsOfThePortAndThePodIsTheCaller() throws IOException {
    try (ScriptedServer server = server();
        ProxyRig rig = new ProxyRig(server.address())) {
      rig.timeout(Duration.ofSeconds(20));
      // What the datapath might know plays no part.
      rig.doors.destinations().clear();
      try (RawClient client = client(rig, server.address().getPort())) {
        assertThat(client.say(get(REVIEWS.host() + ":81")).message()).startsWith("HTTP/1.1 200");
        assertThat(client.say(get("reviews.shop")).message()).startsWith("HTTP/1.1 200");
      }

      assertThat(rig.finished(2))
          .allSatisfy(each -> {
            assertThat(each.edge().reporter()).isEqualTo(Reporter.SOURCE);
            assertThat(each.edge().source()).contains(rig.pod.workload());
            assertThat(each.edge().destination()).contains(ProxyRig.SERVER);
          });
    }
  }

  @Test
  void anUnknownHostIsA404AndTheConnectionGoesOn() throws IOException {
    try (ScriptedServer server = server();
        ProxyRig rig = new ProxyRig(server.address())) {
      rig.timeout(Duration.ofSeconds(20));
      try (RawClient client = client(rig, server.address().getPort())) {
        assertThat(client.say(get("nobody.example")).message())
            .startsWith("HTTP/1.1 404")
            .contains("host 'nobody.example' at port " + server.address().getPort());
        assertThat(client.say(get("reviews.shop")).message()).startsWith("HTTP/1.1 200");
      }

      Finished first = rig.finished(2).getFirst();
      assertThat(first.code()).isEqualTo(404);
      assertThat(first.flag()).isEqualTo(ResponseFlag.NO_ROUTE);
    }
  }

  @Test
  void aHostOfAnotherPortIsUnknown() throws IOException {
    try (ScriptedServer server = server();
        ProxyRig rig = new ProxyRig(server.address())) {
      rig.timeout(Duration.ofSeconds(20));
      int another = server.address().getPort() == 81 ? 82 : 81;
      try (RawClient client = client(rig, another)) {
        assertThat(client.say(get("reviews.shop")).message()).startsWith("HTTP/1.1 404");
      }
    }
  }

  @Test
  void nothingIsKnownYet() throws IOException {
    try (ProxyRig rig = new ProxyRig(new InetSocketAddress("127.0.0.1", 1))) {
      try (RawClient client = client(rig, 80)) {
        assertThat(client.say("GET / HTTP/1.0\r\n\r\n").message())
            .startsWith("HTTP/1.1 404")
            .contains("host '' at port 80");
      }
    }
  }

  /** There is no Host in them by which to choose, and nowhere else to go. */
  @Test
  void whatIsNotHttp1IsReset() throws IOException {
    try (ScriptedServer server = server();
        ProxyRig rig = new ProxyRig(server.address())) {
      rig.publish(Optional.empty(), AppProtocol.HTTP);
      try (RawClient client = client(rig, server.address().getPort())) {
        client.say("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        assertThatThrownBy(client::rest).isInstanceOf(SocketException.class);
      }
    }
  }

  @Test
  void anAddressThatIsTakenIsNamed() throws IOException {
    try (ScriptedServer server = server();
        ProxyRig rig = new ProxyRig(server.address())) {
      PlainAddress taken = new PlainAddress(server.address(), 80);

      assertThatThrownBy(() -> rig.proxy.openPlain(rig.pod, taken))
          .isInstanceOf(Proxy.NotOpenedException.class)
          .hasMessageContaining("127.0.0.1:" + server.address().getPort())
          .hasMessageContaining("(expected: an address of this machine");
    }
  }
}
