package io.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelConfig;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.sluice.mesh.RouteTables;
import io.sluice.proxy.PodListener.Role;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.LoopbackDoors;
import io.sluice.proxy.testkit.Need;
import io.sluice.proxy.testkit.QuietTelemetry;
import io.sluice.proxy.testkit.ScriptedServer;
import io.sluice.proxy.transport.Transport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class PodListenersTest {
  private final LoopbackDoors doors = new LoopbackDoors();
  private Proxy proxy;

  @BeforeEach
  void start() {
    Need.transport(Transport.EPOLL);
    proxy =
        Proxy.start(
            ProxySettings.defaults(),
            new RouteTables(),
            doors.destinations(),
            doors.own(),
            doors.pods(),
            new QuietTelemetry());
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  @Test
  void aPodWithIpv6HasFourMoreListenersForItsCallsAndOneMoreForCallsToIt() {
    try (PodProxy pod = proxy.open(LoopbackDoors.pod("web"), true)) {
      assertThat(pod.listeners().stream().map(PodListener::role))
          .containsExactlyInAnyOrder(
              Role.OUTBOUND_V4,
              Role.INBOUND_V4,
              Role.OUTBOUND_V6,
              Role.OUTBOUND_V6,
              Role.OUTBOUND_V6,
              Role.OUTBOUND_V6,
              Role.INBOUND_V6);
      assertThat(pod.listeners().stream().map(PodListener::fd))
          .doesNotHaveDuplicates()
          .allMatch(fd -> fd > 2);
    }
  }

  @Test
  void eachListenerIsExemptBeforeItListens() {
    try (PodProxy pod = proxy.open(LoopbackDoors.pod("web"), false)) {
      assertThat(doors.own().exempted()).containsAll(fds(pod.listeners()));
    }
  }

  @Test
  void clientsFromTheNetworkAreProbedAndThePodsOwnAreNot() {
    try (PodProxy pod = proxy.open(LoopbackDoors.pod("web"), true)) {
      for (PodListener listener : pod.listeners()) {
        // Not closed: the descriptor is the proxy's.
        ChannelConfig config = new EpollServerSocketChannel(listener.fd()).config();
        boolean inbound = listener.role() == Role.INBOUND_V4 || listener.role() == Role.INBOUND_V6;
        assertThat(config.getOption(Transport.KEEPALIVE)).isEqualTo(inbound ? 1 : 0);
        if (inbound) {
          assertThat(config.getOption(Transport.KEEPALIVE_TIME_SECONDS)).isEqualTo(60);
          assertThat(config.getOption(Transport.KEEPALIVE_INTERVAL_SECONDS)).isEqualTo(20);
          assertThat(config.getOption(Transport.KEEPALIVE_PROBES)).isEqualTo(5);
        }
      }
    }
  }

  @Test
  void portsLieOutsideTheEphemeralRange() {
    ListenerPorts ports = ListenerPorts.ofThisMachine();
    try (PodProxy pod = proxy.open(LoopbackDoors.pod("web"), true)) {
      assertThat(pod.listeners())
          .allMatch(
              each -> each.port() < ports.ephemeralFirst() || each.port() > ports.ephemeralLast());
    }
  }

  @Test
  void theOutboundListenerTakesAllOfLoopback() throws IOException {
    try (ScriptedServer server = ScriptedServer.echo();
        PodProxy pod = proxy.open(LoopbackDoors.pod("web"), false);
        Socket client = new Socket()) {
      doors.destinations().set(server.address());
      client.connect(new InetSocketAddress("127.91.7.3", port(pod, Role.OUTBOUND_V4)), 5_000);
      ScriptedServer.write(client.getOutputStream(), "\0");
      assertThat(client.getInputStream().read()).isZero();
    }
  }

  @Test
  void aConnectionThatNobodyRedirectedIsReset() throws IOException {
    try (PodProxy pod = proxy.open(LoopbackDoors.pod("web"), false);
        Socket client = new Socket("127.0.0.1", port(pod, Role.OUTBOUND_V4))) {
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void aConnectionToTheInboundListenerItselfIsReset() throws IOException {
    try (PodProxy pod = proxy.open(LoopbackDoors.pod("web"), false);
        Socket client = new Socket("127.0.0.1", port(pod, Role.INBOUND_V4))) {
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void afterCloseNothingListens() {
    PodProxy pod = proxy.open(LoopbackDoors.pod("web"), false);
    pod.close();
    pod.close();
    assertThat(pod.listeners())
        .allSatisfy(each ->
            assertThatThrownBy(() -> new Socket("127.0.0.1", each.port()))
                .isInstanceOf(ConnectException.class));
  }

  @Test
  void aPodThatIsGoneIsRefusedAndLeavesNothingOpen() {
    var pod = LoopbackDoors.pod("web");
    ((LoopbackDoors.CountingPodSockets) pod.sockets()).gone();
    assertThatThrownBy(() -> proxy.open(pod, false)).hasMessageContaining("uid-web");
  }

  @Test
  void portsAreChosenAboveTheRangeElseBelowElseByTheKernel() {
    Random random = new Random(7);
    for (int i = 0; i < 1_000; i++) {
      assertThat(ListenerPorts.LINUX_DEFAULT.next(random)).isBetween(61_000, 65_535);
      assertThat(new ListenerPorts(20_000, 65_535).next(random)).isBetween(15_100, 19_999);
      assertThat(new ListenerPorts(1_024, 65_535).next(random)).isZero();
    }
  }

  private static List<Integer> fds(List<PodListener> listeners) {
    return listeners.stream().map(PodListener::fd).toList();
  }

  private static int port(PodProxy pod, Role role) {
    return pod.listeners().stream()
        .filter(each -> each.role() == role)
        .findFirst()
        .orElseThrow()
        .port();
  }
}
