package io.sluice.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelConfig;
import io.netty.channel.socket.SocketChannel;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.mesh.service.TcpOptions.Keepalive;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.testkit.Clusters;
import io.sluice.proxy.testkit.DeadPort;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.LoopbackDoors;
import io.sluice.proxy.testkit.LoopbackDoors.Neighbour;
import io.sluice.proxy.testkit.Loops;
import io.sluice.proxy.testkit.ScriptedServer;
import io.sluice.proxy.transport.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A wish ends with a connection, or with the failure that names what happened. */
@ExtendWith(LeakWatch.class)
class DialTest {

  @ParameterizedTest
  @EnumSource
  void aListedEndpointIsDialledFromThePodByAnExemptSocket(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer server = ScriptedServer.silent()) {
      UpstreamConnection connection = bench.http(Clusters.listed(server.address()));
      SocketChannel channel = (SocketChannel) connection.channel();
      assertThat(connection.endpoint().address()).isEqualTo(server.address());
      assertThat(connection.reused()).isFalse();
      assertThat(channel.remoteAddress()).isEqualTo(server.address());
      assertThat(channel.config().isTcpNoDelay()).isTrue();
      assertThat(channel.config().isAutoRead()).isFalse();
      assertThat(bench.doors.own().exempted()).containsExactly(Transport.fd(channel));
      assertThat(bench.doors.own().shown()).isEmpty();
      assertThat(((LoopbackDoors.CountingPodSockets) bench.pod.sockets()).opened()).isOne();
      assertThat(bench.inFlight(server.address())).isOne();
      bench.discard(connection);
      assertThat(bench.inFlight(server.address())).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPodOfThisMachineIsDialledStraight(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer server = ScriptedServer.silent()) {
      Neighbour called = bench.doors.pods().set("reviews");
      UpstreamConnection straight = bench.http(Clusters.listed(server.address()));
      assertThat(straight.straightTo()).contains(called);
      assertThat(bench.doors.own().straight())
          .containsExactly(Transport.fd((SocketChannel) straight.channel()));
      bench.doors.own().steerAll();
      assertThat(bench.http(Clusters.listed(server.address())).straightTo())
          .as("what was steered all the same")
          .isEmpty();
      bench.doors.pods().clear();
      assertThat(bench.http(Clusters.listed(server.address())).straightTo()).isEmpty();
      assertThat(bench.doors.own().straight()).hasSize(2);
      assertThat(bench.doors.own().exempted()).hasSize(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theCalledPodIsToldThatItsAppRefused(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        DeadPort port = DeadPort.refusing()) {
      Neighbour called = bench.doors.pods().set("reviews");
      assertThat(bench.failure(Clusters.listed(port.address())))
          .isEqualTo(new Failure.ConnectRefused(port.address()));
      assertThat(called.refusals()).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutEndpointsThereIsNoConnection(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport)) {
      assertThat(bench.failure(Clusters.listed()))
          .isEqualTo(new Failure.NoEndpoint("outbound|80||web.test.svc.cluster.local"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theOriginalDestinationIsDialledWhereNothingElseIsKnown(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer server = ScriptedServer.silent()) {
      Acquired acquired =
          bench.acquire(
              new UpstreamTarget(
                  Clusters.originalDestination(), bench.outbound(server.address()), false));
      assertThat(UpstreamBench.ready(acquired).channel().remoteAddress())
          .isEqualTo(server.address());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRefusalIsToldApart(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        DeadPort port = DeadPort.refusing()) {
      assertThat(bench.failure(Clusters.listed(port.address())))
          .isEqualTo(new Failure.ConnectRefused(port.address()));
      assertThat(bench.inFlight(port.address())).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatCantBeReachedSaysWhy(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport)) {
      // From a loopback source no route leads to a broadcast address.
      InetSocketAddress broadcast =
          new InetSocketAddress(InetAddress.ofLiteral("255.255.255.255"), 80);
      assertThat(bench.failure(Clusters.listed(broadcast)))
          .isInstanceOfSatisfying(
              Failure.Unreachable.class,
              failure -> {
                assertThat(failure.endpoint()).isEqualTo(broadcast);
                assertThat(failure.reason()).containsAnyOf("route", "ENETUNREACH", "errno");
              });
    }
  }

  @ParameterizedTest
  @EnumSource
  void silenceEndsAtTheConnectTimeout(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        DeadPort port = DeadPort.unanswering()) {
      Duration limit = Duration.ofMillis(150);
      assertThat(bench.failure(Clusters.with(Clusters.listed(port.address()), limit)))
          .isEqualTo(new Failure.ConnectTimeout(port.address(), limit));
      assertThat(bench.inFlight(port.address())).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anotherEndpointIsTriedWhenOneFails(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        DeadPort dead = DeadPort.refusing();
        DeadPort alsoDead = DeadPort.refusing();
        ScriptedServer server = ScriptedServer.silent()) {
      Cluster cluster = Clusters.listed(dead.address(), server.address(), alsoDead.address());
      for (int i = 0; i < 20; i++) {
        UpstreamConnection connection = bench.tcp(cluster);
        assertThat(connection.endpoint().address()).isEqualTo(server.address());
        bench.discard(connection);
      }
      assertThat(bench.inFlight(dead.address())).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void noMoreThanThreeEndpointsAreTried(Transport transport) {
    List<DeadPort> dead = new ArrayList<>();
    try (UpstreamBench bench = new UpstreamBench(transport)) {
      for (int i = 0; i < 5; i++) {
        dead.add(DeadPort.refusing());
      }
      Cluster cluster =
          Clusters.listed(dead.stream().map(DeadPort::address).toArray(InetSocketAddress[]::new));
      assertThat(bench.failure(cluster)).isInstanceOf(Failure.ConnectRefused.class);
      assertThat(bench.doors.own().exempted()).hasSize(3);
    } finally {
      dead.forEach(DeadPort::close);
    }
  }

  @ParameterizedTest
  @EnumSource
  void afterASilentEndpointAnotherOneIsTried(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        DeadPort silent = DeadPort.unanswering();
        ScriptedServer server = ScriptedServer.silent()) {
      Cluster cluster =
          Clusters.with(
              Clusters.with(
                  Clusters.listed(silent.address(), server.address()), LoadBalancer.ROUND_ROBIN),
              Duration.ofMillis(300));
      for (int i = 0; i < 2; i++) {
        assertThat(bench.tcp(cluster).endpoint().address()).isEqualTo(server.address());
      }
      assertThat(bench.doors.own().exempted()).as("dials").hasSize(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void noMoreThanTwoSilentEndpointsAreWaitedFor(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        DeadPort one = DeadPort.unanswering();
        DeadPort two = DeadPort.unanswering();
        DeadPort three = DeadPort.unanswering()) {
      Cluster cluster =
          Clusters.with(
              Clusters.listed(one.address(), two.address(), three.address()),
              Duration.ofMillis(150));
      assertThat(bench.failure(cluster)).isInstanceOf(Failure.ConnectTimeout.class);
      assertThat(bench.doors.own().exempted()).as("dials").hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theNetworkIsProbedAsTheClusterSaysAndThePodsOwnAppIsNot(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer server = ScriptedServer.silent()) {
      Cluster cluster = Clusters.listed(server.address());
      assertThat(keepaliveOf(bench.tcp(cluster))).containsExactly(1, 60, 20, 5);
      TcpOptions own =
          new TcpOptions(
              Optional.empty(),
              Optional.of(new Keepalive(Duration.ofSeconds(7), Duration.ofDays(1), 4)));
      assertThat(keepaliveOf(bench.tcp(Clusters.with(cluster, own))))
          .as("a day is more than the kernel takes")
          .containsExactly(1, 7, 32_767, 4);
      Acquired app =
          bench.acquire(
              new UpstreamTarget(
                  Clusters.originalDestination(),
                  bench.inbound(server.address(), UpstreamBench.CLIENT),
                  false));
      assertThat(keepaliveOf(UpstreamBench.ready(app)).getFirst()).isZero();
    }
  }

  private static List<Integer> keepaliveOf(UpstreamConnection connection) {
    ChannelConfig config = connection.channel().config();
    return List.of(
        config.getOption(Transport.KEEPALIVE),
        config.getOption(Transport.KEEPALIVE_TIME_SECONDS),
        config.getOption(Transport.KEEPALIVE_INTERVAL_SECONDS),
        config.getOption(Transport.KEEPALIVE_PROBES));
  }

  @ParameterizedTest
  @EnumSource
  void anInboundConnectionComesFromItsOwnLoopbackAddressAndShowsTheClient(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer app = ScriptedServer.silent()) {
      Set<InetAddress> sources = new HashSet<>();
      for (int i = 0; i < 4; i++) {
        InetSocketAddress client =
            new InetSocketAddress(InetAddress.ofLiteral("10.9.8.7"), 50_000 + i);
        Acquired acquired =
            bench.acquire(
                new UpstreamTarget(
                    Clusters.originalDestination(), bench.inbound(app.address(), client), false));
        SocketChannel channel = (SocketChannel) UpstreamBench.ready(acquired).channel();
        sources.add(channel.localAddress().getAddress());
        assertThat(channel.config().getOption(Transport.BIND_ADDRESS_NO_PORT)).isEqualTo(1);
        assertThat(bench.doors.own().shown()).hasSize(i + 1).contains(client);
      }
      assertThat(sources)
          .hasSize(4)
          .allMatch(InetAddress::isLoopbackAddress)
          .doesNotContain(InetAddress.ofLiteral("127.0.0.1"));
      Eventually.passes(() ->
          assertThat(app.clients())
              .extracting(InetSocketAddress::getAddress)
              .containsExactlyInAnyOrderElementsOf(sources));
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAppThatRefusesIsTold(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        DeadPort dead = DeadPort.refusing()) {
      LoopbackDoors.CountingPodSockets sockets =
          (LoopbackDoors.CountingPodSockets) bench.pod.sockets();

      bench.acquire(
          new UpstreamTarget(
              Clusters.originalDestination(), bench.outbound(dead.address()), false));
      assertThat(sockets.refusals()).as("somebody else's port").isZero();

      bench.acquire(
          new UpstreamTarget(
              Clusters.originalDestination(),
              bench.inbound(dead.address(), UpstreamBench.CLIENT),
              false));
      assertThat(sockets.refusals()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInboundIp6ConnectionComesFromTheOnlyLoopbackAddress(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer app =
            ScriptedServer.start(
                InetAddress.ofLiteral("::1"), c -> c.getInputStream().readAllBytes())) {
      Acquired acquired =
          bench.acquire(
              new UpstreamTarget(
                  Clusters.originalDestination(),
                  bench.inbound(app.address(), UpstreamBench.CLIENT),
                  false));
      assertThat(((SocketChannel) UpstreamBench.ready(acquired).channel()).localAddress())
          .extracting(InetSocketAddress::getAddress)
          .isEqualTo(InetAddress.ofLiteral("::1"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPodThatIsGoneGetsNoSocket(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer server = ScriptedServer.silent()) {
      ((LoopbackDoors.CountingPodSockets) bench.pod.sockets()).gone();
      assertThat(bench.failure(Clusters.listed(server.address())))
          .isEqualTo(new Failure.PodGone("uid-web"));
      assertThat(server.clients()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledWishIsForgottenAndItsSocketClosed(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        DeadPort port = DeadPort.unanswering()) {
      CompletableFuture<Acquired> outcome = new CompletableFuture<>();
      Loops.run(
          bench.loop,
          () -> {
            Upstreams.Cancellation wish =
                bench.upstreams.acquire(
                    new UpstreamTarget(Clusters.listed(port.address()), bench.outbound(), true),
                    bench.loop,
                    outcome::complete);
            wish.cancel();
            wish.cancel();
          });
      assertThat(bench.inFlight(port.address())).isZero();
      bench.close();
      assertThat(outcome).isNotDone();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAddressAsANameNeedsNoDns(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer server = ScriptedServer.silent()) {
      Cluster cluster =
          Clusters.of(
              new Discovery.Dns(List.of(new Discovery.Dns.Name("127.0.0.1", server.port()))));
      assertThat(bench.tcp(cluster).endpoint().address()).isEqualTo(server.address());
    }
  }
}
