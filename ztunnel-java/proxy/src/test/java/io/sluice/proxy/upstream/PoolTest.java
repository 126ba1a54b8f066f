package io.sluice.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.sluice.mesh.service.Cluster;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.testkit.Clusters;
import io.sluice.proxy.testkit.DeadPort;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.LoopbackDoors;
import io.sluice.proxy.testkit.LoopbackDoors.Neighbour;
import io.sluice.proxy.testkit.Loops;
import io.sluice.proxy.testkit.ScriptedServer;
import io.sluice.proxy.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may use a connection again, how long it is kept, and how it goes. */
@ExtendWith(LeakWatch.class)
class PoolTest {

  @ParameterizedTest
  @EnumSource
  void aReleasedConnectionServesTheNextRequest(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer server = ScriptedServer.echo()) {
      Cluster cluster = Clusters.listed(server.address());
      UpstreamConnection first = bench.http(cluster);
      Channel channel = first.channel();
      assertThat(Borrower.exchange(first, "one")).isEqualTo("one");
      bench.release(first);
      assertThat(bench.resting()).isOne();

      UpstreamConnection second = bench.http(cluster);
      assertThat(second.channel()).isSameAs(channel);
      assertThat(second.reused()).isTrue();
      assertThat(bench.resting()).isZero();
      assertThat(Borrower.exchange(second, "two")).isEqualTo("two");

      // The ended lease has no say any more.
      bench.discard(first);
      assertThat(channel.isActive()).isTrue();
      assertThat(bench.inFlight(server.address())).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWentStraightServesNoMoreOnceThePodIsLetGoOf(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer server = ScriptedServer.echo()) {
      Cluster cluster = Clusters.listed(server.address());
      Neighbour called = bench.doors.pods().set("reviews");
      UpstreamConnection first = bench.http(cluster);
      Borrower.exchange(first, "a");
      bench.release(first);
      UpstreamConnection second = bench.http(cluster);
      assertThat(second.reused()).isTrue();
      assertThat(second.straightTo()).contains(called);
      bench.release(second);
      called.letGo();
      bench.doors.pods().clear();
      UpstreamConnection third = bench.http(cluster);
      assertThat(third.reused()).isFalse();
      assertThat(third.straightTo()).isEmpty();
      assertThat(first.channel().isOpen()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theOneReleasedLastIsTakenFirst(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer server = ScriptedServer.echo()) {
      Cluster cluster = Clusters.listed(server.address());
      UpstreamConnection one = bench.http(cluster);
      UpstreamConnection other = bench.http(cluster);
      assertThat(other.channel()).isNotSameAs(one.channel());
      bench.release(one);
      bench.release(other);
      assertThat(bench.http(cluster).channel()).isSameAs(other.channel());
      assertThat(bench.http(cluster).channel()).isSameAs(one.channel());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTcpConnectionNeitherUsesThePoolNorGoesThere(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer server = ScriptedServer.echo()) {
      Cluster cluster = Clusters.listed(server.address());
      bench.release(bench.http(cluster));
      UpstreamConnection tcp = bench.tcp(cluster);
      assertThat(tcp.reused()).isFalse();
      bench.release(tcp);
      Eventually.until("it is closed", () -> !tcp.channel().isOpen());
      assertThat(bench.resting()).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anotherPodHasAPoolOfItsOwn(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer server = ScriptedServer.echo()) {
      Cluster cluster = Clusters.listed(server.address());
      bench.release(bench.http(cluster));
      PodContext other = LoopbackDoors.pod("web");
      InterceptedConnection theirs =
          new InterceptedConnection(
              bench.outbound().direction(), other, UpstreamBench.SOMEWHERE, UpstreamBench.CLIENT);
      UpstreamConnection connection =
          UpstreamBench.ready(bench.acquire(new UpstreamTarget(cluster, theirs, true)));
      assertThat(connection.reused()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anIdleConnectionThatTheServerClosesIsForgotten(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer server = ScriptedServer.echo()) {
      UpstreamConnection connection = bench.http(Clusters.listed(server.address()));
      Borrower.exchange(connection, "x");
      bench.release(connection);
      server.closeConnections();
      Eventually.until("the pool is empty", () -> bench.resting() == 0);
      assertThat(connection.channel().isOpen()).isFalse();
      assertThat(bench.http(Clusters.listed(server.address())).reused()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anIdleConnectionThatSpeaksIsClosedAndItsBytesReachNobody(Transport transport) {
    CompletableFuture<Void> speak = new CompletableFuture<>();
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer server =
            ScriptedServer.start(connection -> {
              speak.join();
              ScriptedServer.write(connection.getOutputStream(), "surprise");
              connection.getInputStream().readAllBytes();
            })) {
      UpstreamConnection connection = bench.http(Clusters.listed(server.address()));
      Borrower.Received received = new Borrower.Received();
      Loops.run(bench.loop, () -> connection.channel().pipeline().addLast(received));
      bench.release(connection);
      speak.complete(null);
      Eventually.until("it is closed", () -> !connection.channel().isOpen());
      assertThat(bench.resting()).isZero();
      assertThat(received.text.toString()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anIdleConnectionIsClosedAfterItsTime(Transport transport) {
    try (UpstreamBench bench =
            new UpstreamBench(transport, s -> limits(s, 100, 4096, Duration.ofMillis(100)));
        ScriptedServer server = ScriptedServer.echo()) {
      UpstreamConnection connection = bench.http(Clusters.listed(server.address()));
      bench.release(connection);
      Eventually.until("it is closed", () -> !connection.channel().isOpen());
      assertThat(bench.resting()).isZero();
      Eventually.until("the server sees its end", () -> server.open() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void beyondItsLimitsThePoolCloses(Transport transport) {
    try (UpstreamBench bench =
            new UpstreamBench(transport, s -> limits(s, 2, 3, Duration.ofHours(1)));
        ScriptedServer server = ScriptedServer.echo();
        ScriptedServer second = ScriptedServer.echo()) {
      releaseAtOnce(bench, Clusters.listed(server.address()), 3);
      assertThat(bench.resting()).isEqualTo(2);
      releaseAtOnce(bench, Clusters.listed(second.address()), 2);
      assertThat(bench.resting()).isEqualTo(3);
      Eventually.until("3 are left", () -> server.open() + second.open() == 3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInboundConnectionServesOnlyItsClientAndEndsWithIt(Transport transport) {
    try (UpstreamBench bench = new UpstreamBench(transport);
        ScriptedServer app = ScriptedServer.echo()) {
      InetSocketAddress other = new InetSocketAddress(InetAddress.ofLiteral("10.1.2.3"), 40_001);
      InterceptedConnection one = bench.inbound(app.address(), UpstreamBench.CLIENT);
      InterceptedConnection two = bench.inbound(app.address(), other);
      UpstreamConnection first = inbound(bench, one);
      bench.release(first);
      UpstreamConnection second = inbound(bench, two);
      assertThat(second.reused()).isFalse();
      bench.release(second);
      UpstreamConnection again = inbound(bench, one);
      assertThat(again.channel()).isSameAs(first.channel());
      bench.release(again);
      assertThat(bench.resting()).isEqualTo(2);

      Loops.run(bench.loop, () -> bench.upstreams.downstreamClosed(one, bench.loop));
      Eventually.until("its connection is closed", () -> !first.channel().isOpen());
      assertThat(second.channel().isOpen()).isTrue();
      assertThat(bench.resting()).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whenThePodGoesEverythingIsResetAtOnce(Transport transport) {
    List<String> ends = new CopyOnWriteArrayList<>();
    try (UpstreamBench bench = new UpstreamBench(transport);
        DeadPort dead = DeadPort.unanswering();
        ScriptedServer server = ScriptedServer.start(connection -> ends.add(endOf(connection)))) {
      Cluster cluster = Clusters.listed(server.address());
      UpstreamConnection lent = bench.http(cluster);
      UpstreamConnection idle = bench.http(cluster);
      bench.release(idle);
      CompletableFuture<Acquired> wish =
          bench.begin(new UpstreamTarget(Clusters.listed(dead.address()), bench.outbound(), true));
      Eventually.until("it is dialled", () -> bench.inFlight(dead.address()) == 1);

      UpstreamBench.await(bench.upstreams.closePod(bench.pod));
      assertThat(lent.channel().isOpen()).isFalse();
      assertThat(idle.channel().isOpen()).isFalse();
      assertThat(UpstreamBench.failure(UpstreamBench.await(wish)))
          .isEqualTo(new Failure.PodGone("uid-web"));
      Eventually.passes(() -> assertThat(ends).containsExactly("reset", "reset"));
      assertThat(bench.resting()).isZero();
      assertThat(bench.inFlight(server.address())).isZero();
      assertThat(bench.inFlight(dead.address())).isZero();
      bench.release(lent);
      assertThat(bench.resting()).isZero();
      assertThat(bench.failure(cluster)).isEqualTo(new Failure.PodGone("uid-web"));
      assertThat(server.clients()).hasSize(2);
    }
  }

  private static String endOf(Socket connection) {
    try {
      connection.getInputStream().readAllBytes();
      return "end";
    } catch (IOException e) {
      return "reset";
    }
  }

  private static UpstreamConnection inbound(UpstreamBench bench, InterceptedConnection from) {
    return UpstreamBench.ready(
        bench.acquire(new UpstreamTarget(Clusters.originalDestination(), from, true)));
  }

  private static void releaseAtOnce(UpstreamBench bench, Cluster cluster, int count) {
    List<UpstreamConnection> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(bench.http(cluster));
    }
    all.forEach(bench::release);
  }

  private static UpstreamSettings limits(
      UpstreamSettings from, int perEndpoint, int perLoop, Duration idleTimeout) {
    return new UpstreamSettings(
        from.transport(),
        perEndpoint,
        perLoop,
        idleTimeout,
        from.connectTriesMax(),
        from.dns(),
        from.tls());
  }
}
