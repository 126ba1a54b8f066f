package io.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.proxy.detect.Detected;
import io.sluice.proxy.doors.LocalPod;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.intercept.Direction;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.route.TcpDecision;
import io.sluice.proxy.testkit.Clusters;
import io.sluice.proxy.testkit.LoopbackDoors;
import io.sluice.proxy.testkit.QuietTelemetry;
import io.sluice.proxy.upstream.Acquired;
import io.sluice.proxy.upstream.UpstreamConnection;
import io.sluice.proxy.upstream.UpstreamTarget;
import io.sluice.proxy.upstream.Upstreams;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Which server a connection gets that is not HTTP, and what becomes of the one opened early. */
class OpaqueWayTest {
  private static final InetSocketAddress DIALLED =
      new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 443);
  private static final Failure TLS_FAILED = new Failure.TlsFailed(DIALLED, "unknown CA");
  private static final Failure REFUSED = new Failure.ConnectRefused(DIALLED);

  private final FakeUpstreams upstreams = new FakeUpstreams();
  private final QuietTelemetry telemetry = new QuietTelemetry();
  private final List<Acquired> got = new ArrayList<>();
  private final List<String> asks = new ArrayList<>();
  private Optional<UpstreamTls> ownTls = Optional.empty();
  private int signs;

  private final InterceptedConnection connection =
      new InterceptedConnection(
          Direction.OUTBOUND,
          LoopbackDoors.pod("web"),
          DIALLED,
          new InetSocketAddress(InetAddress.ofLiteral("10.0.0.9"), 40_000));

  private final EmbeddedChannel client = new EmbeddedChannel();
  private boolean routingFails;

  private final OpaqueWay way =
      new OpaqueWay(
          new NameRouting(),
          upstreams,
          new ConnectionEdges(telemetry, new RouteTables(), connection),
          connection,
          client);

  /** The cluster is called by what decided: server name, name behind the address, or nothing. */
  private final class NameRouting implements OpaqueWay.Routing {
    @Override
    public List<String> namedHosts(Optional<Detected.Tls> tls) {
      Optional<String> sni = tls.flatMap(Detected.Tls::sni);
      return sni.isPresent() && !sni.get().equals("unknown") ? List.of() : asks;
    }

    @Override
    public TcpDecision decide(Optional<Detected.Tls> tls, Optional<String> named) {
      if (routingFails) {
        throw new IllegalStateException("a fault, made by a test");
      }
      Optional<String> sni = tls.flatMap(Detected.Tls::sni);
      String host = sni.or(() -> named).orElse("passthrough");
      Cluster some = Clusters.originalDestination();
      ServiceId service = new ServiceId(host, host, "test");
      Cluster cluster =
          new Cluster(
              new ClusterId(host, 443, ""),
              service,
              some.discovery(),
              some.loadBalancer(),
              some.connectTimeout(),
              tls.isPresent() ? Optional.empty() : ownTls);
      return new TcpDecision(cluster, Optional.of(service), Optional.empty());
    }
  }

  private static final class Wished {
    final UpstreamTarget target;
    final Consumer<Acquired> then;
    boolean cancelled;

    Wished(UpstreamTarget target, Consumer<Acquired> then) {
      this.target = target;
      this.then = then;
    }

    String host() {
      return target.cluster().id().host();
    }

    FakeServer connect() {
      FakeServer server = new FakeServer();
      then.accept(new Acquired.Ready(server));
      return server;
    }
  }

  private static final class FakeServer implements UpstreamConnection {
    final EmbeddedChannel channel = new EmbeddedChannel();
    boolean discarded;

    @Override
    public Channel channel() {
      return channel;
    }

    @Override
    public Endpoint endpoint() {
      return new Endpoint(DIALLED, Optional.empty());
    }

    @Override
    public Optional<LocalPod> straightTo() {
      return Optional.empty();
    }

    @Override
    public boolean reused() {
      return false;
    }

    @Override
    public void release() {
      throw new AssertionError("release (expected: not for opaque bytes)");
    }

    @Override
    public void discard() {
      discarded = true;
      channel.close();
    }
  }

  private static final class FakeUpstreams implements Upstreams {
    final List<Wished> wishes = new ArrayList<>();
    final List<Consumer<Optional<String>>> questions = new ArrayList<>();

    @Override
    public Cancellation acquire(UpstreamTarget target, EventLoop loop, Consumer<Acquired> then) {
      Wished wish = new Wished(target, then);
      wishes.add(wish);
      return () -> wish.cancelled = true;
    }

    @Override
    public void whose(
        PodContext pod,
        InetAddress address,
        List<String> hosts,
        EventLoop loop,
        Consumer<Optional<String>> then) {
      assertThat(address).isEqualTo(DIALLED.getAddress());
      questions.add(then);
    }

    @Override
    public void downstreamClosed(InterceptedConnection connection, EventLoop loop) {
      throw new AssertionError("downstreamClosed (expected: not for opaque bytes)");
    }

    @Override
    public CompletableFuture<Void> closePod(PodContext pod) {
      throw new AssertionError("closePod (expected: not by a connection)");
    }
  }

  private Wished wish(int index) {
    assertThat(upstreams.wishes).hasSizeGreaterThan(index);
    return upstreams.wishes.get(index);
  }

  private static Detected.Tls tls(Optional<String> name) {
    return new Detected.Tls(name);
  }

  private void openEarly() {
    way.openEarly(() -> {
      signs++;
      way.acquire(got::add);
    });
  }

  private String countedService() {
    way.edge(Optional.empty()).opened();
    return telemetry.opened().getLast().service().map(ServiceId::host).orElse("none");
  }

  @Test
  void withoutServerNameTheOneThatIsOpenIsTaken() {
    openEarly();
    FakeServer server = wish(0).connect();
    way.of(tls(Optional.empty())).acquire(got::add);
    assertThat(got).containsExactly(new Acquired.Ready(server));
    assertThat(upstreams.wishes).hasSize(1);
    assertThat(server.channel.pipeline().names()).doesNotContain("early");
    assertThat(signs).isZero();
    assertThat(countedService()).isEqualTo("passthrough");
  }

  @Test
  void oneThatIsStillDialledIsWaitedForAndMayBeCancelled() {
    openEarly();
    Upstreams.Cancellation waiting = way.acquire(got::add);
    assertThat(got).isEmpty();
    FakeServer server = wish(0).connect();
    assertThat(got).containsExactly(new Acquired.Ready(server));
    assertThat(upstreams.wishes).hasSize(1);
    waiting.cancel();
    assertThat(wish(0).cancelled).isFalse();
  }

  @Test
  void aDialThatNobodyWaitsForAnyMoreIsCancelled() {
    openEarly();
    way.acquire(got::add).cancel();
    assertThat(wish(0).cancelled).isTrue();
  }

  @Test
  void theFirstSignIsGivenOnceAndTheServerTakenWithin() {
    openEarly();
    FakeServer server = wish(0).connect();
    server.channel.writeInbound("banner");
    server.channel.writeInbound("more");
    assertThat(signs).isOne();
    assertThat(got).containsExactly(new Acquired.Ready(server));
    assertThat(server.channel.<String>readInbound()).isEqualTo("banner");
    assertThat(server.channel.<String>readInbound()).isEqualTo("more");
  }

  @Test
  void thatItCannotBeReachedIsASignToo() {
    openEarly();
    wish(0).then.accept(new Acquired.Failed(REFUSED));
    assertThat(signs).isOne();
    assertThat(got).containsExactly(new Acquired.Failed(REFUSED));
  }

  private void pass(Duration time) {
    client.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    client.runScheduledPendingTasks();
  }

  private static void assertNothingScheduled(EmbeddedChannel channel) {
    assertThat(channel.runScheduledPendingTasks())
        .as("nanoseconds to the next timer")
        .isEqualTo(-1);
  }

  @Test
  void aClientHasTimeToSpeakTlsItselfWhereOursFails() {
    Duration time = Clusters.originalDestination().connectTimeout();
    ownTls = Optional.of(new UpstreamTls("passthrough", List.of(), Optional.empty(), false));
    client.freezeTime();
    openEarly();
    wish(0).then.accept(new Acquired.Failed(TLS_FAILED));
    pass(time.minusNanos(1));
    assertThat(signs).isZero();
    way.of(tls(Optional.empty())).acquire(got::add);
    FakeServer server = wish(1).connect();
    assertThat(got).containsExactly(new Acquired.Ready(server));
    assertNothingScheduled(client);
  }

  @Test
  void aClientThatNeedsTlsOfOursLearnsThatItFails() {
    client.freezeTime();
    openEarly();
    wish(0).then.accept(new Acquired.Failed(TLS_FAILED));
    pass(Clusters.originalDestination().connectTimeout());
    assertThat(signs).isOne();
    assertThat(got).containsExactly(new Acquired.Failed(TLS_FAILED));
  }

  @Test
  void noTimerOutlivesTheWait() {
    client.freezeTime();
    openEarly();
    wish(0).connect();
    way.acquire(got::add);
    assertNothingScheduled(client);
    openEarly();
    wish(1).connect();
    way.discardEarly();
    assertNothingScheduled(client);
    openEarly();
    wish(2).connect();
    way.abandon();
    assertNothingScheduled(client);
  }

  @Test
  void aServerThatDiesWhileItIsHandedOverIsNotForgotten() {
    openEarly();
    FakeServer server = wish(0).connect();
    List<Throwable> seen = new ArrayList<>();
    way.acquire(acquired -> {
      server.channel.pipeline().addLast(recorder(seen));
      server.channel.pipeline().fireExceptionCaught(new IOException("Broken pipe"));
    });
    assertThat(seen).hasSize(1);
  }

  private static ChannelInboundHandlerAdapter recorder(List<Throwable> seen) {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        seen.add(cause);
      }
    };
  }

  @Test
  void aFaultOfRoutingLeavesNoServerOpen() {
    openEarly();
    FakeServer server = wish(0).connect();
    routingFails = true;
    assertThatThrownBy(() -> way.of(tls(Optional.of("db.example"))).acquire(got::add))
        .isInstanceOf(IllegalStateException.class);
    assertThat(server.channel.isOpen()).isFalse();
  }

  @Test
  void aFaultAfterTheAnswerOfDnsIsToldToTheConnection() {
    List<Throwable> seen = new ArrayList<>();
    client.pipeline().addLast(recorder(seen));
    asks.add("db.example");
    way.acquire(got::add);
    routingFails = true;
    upstreams.questions.getFirst().accept(Optional.empty());
    assertThat(seen).hasSize(1);
    assertThat(upstreams.wishes).isEmpty();
  }

  @Test
  void aServerNameThatMeansTheSameClusterTakesIt() {
    asks.add("db.example");
    openEarly();
    upstreams.questions.getFirst().accept(Optional.of("db.example"));
    FakeServer server = wish(0).connect();
    way.of(tls(Optional.of("db.example"))).acquire(got::add);
    assertThat(got).containsExactly(new Acquired.Ready(server));
    assertThat(upstreams.wishes).hasSize(1);
  }

  @Test
  void aServerNameThatMeansAnotherClusterGetsThatOne() {
    openEarly();
    FakeServer server = wish(0).connect();
    way.of(tls(Optional.of("db.example"))).acquire(got::add);
    assertThat(server.discarded).isTrue();
    assertThat(server.channel.isOpen()).isFalse();
    assertThat(wish(1).host()).isEqualTo("db.example");
    assertThat(got).isEmpty();
    FakeServer right = wish(1).connect();
    assertThat(got).containsExactly(new Acquired.Ready(right));
    assertThat(signs).isZero();
    assertThat(countedService()).isEqualTo("db.example");
  }

  @Test
  void aServerThatWasOpenedInTlsOfOursIsNotForTlsOfTheClients() {
    ownTls = Optional.of(new UpstreamTls("passthrough", List.of(), Optional.empty(), false));
    openEarly();
    FakeServer server = wish(0).connect();
    way.of(tls(Optional.empty())).acquire(got::add);
    assertThat(server.discarded).isTrue();
    assertThat(wish(1).target.cluster().tls()).isEmpty();
  }

  @Test
  void httpNeedsNoEarlyServer() {
    openEarly();
    way.discardEarly();
    assertThat(wish(0).cancelled).isTrue();
  }

  @Test
  void aClientThatIsGoneTakesItsServerAlong() {
    openEarly();
    FakeServer server = wish(0).connect();
    way.abandon();
    assertThat(server.discarded).isTrue();
    assertThat(server.channel.isOpen()).isFalse();
    assertThat(signs).isZero();
  }

  @Test
  void theNameBehindTheAddressIsAskedForOnce() {
    asks.add("db.example");
    openEarly();
    assertThat(upstreams.wishes).isEmpty();
    upstreams.questions.getFirst().accept(Optional.of("db.example"));
    assertThat(wish(0).host()).isEqualTo("db.example");
    FakeServer server = wish(0).connect();
    way.acquire(got::add);
    assertThat(got).containsExactly(new Acquired.Ready(server));
    assertThat(upstreams.questions).hasSize(1);
  }

  @Test
  void whoeverSpeaksWhileTheNameIsAskedForIsDialledForOnce() {
    asks.add("db.example");
    openEarly();
    way.acquire(got::add);
    assertThat(upstreams.questions).hasSize(2);
    assertThat(countedService()).isEqualTo("none");
    upstreams.questions.getFirst().accept(Optional.of("db.example"));
    assertThat(upstreams.wishes).isEmpty();
    upstreams.questions.getLast().accept(Optional.empty());
    assertThat(upstreams.wishes).hasSize(1);
    assertThat(wish(0).host()).isEqualTo("passthrough");
  }

  @Test
  void anAnswerThatComesTooLateOpensNothing() {
    asks.add("db.example");
    openEarly();
    way.discardEarly();
    way.openEarly(() -> signs++);
    way.abandon();
    way.acquire(got::add).cancel();
    upstreams.questions.forEach(each -> each.accept(Optional.of("db.example")));
    assertThat(upstreams.questions).hasSize(3);
    assertThat(upstreams.wishes).isEmpty();
    assertThat(got).isEmpty();
  }

  @Test
  void aServerIsNotLeftUnheardWhileANameIsAskedFor() {
    openEarly();
    FakeServer server = wish(0).connect();
    asks.add("db.example");
    way.of(tls(Optional.of("unknown"))).acquire(got::add);
    assertThat(server.discarded).isTrue();
    upstreams.questions.getFirst().accept(Optional.empty());
    assertThat(wish(1).host()).isEqualTo("unknown");
    FakeServer right = wish(1).connect();
    assertThat(got).containsExactly(new Acquired.Ready(right));
  }
}
