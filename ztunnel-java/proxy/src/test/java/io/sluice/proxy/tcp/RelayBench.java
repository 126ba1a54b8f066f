package io.sluice.proxy.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.intercept.Direction;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.telemetry.MeshTelemetry.TcpEdge;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LoopbackDoors;
import io.sluice.proxy.testkit.Loops;
import io.sluice.proxy.testkit.RecordedTcpEdge;
import io.sluice.proxy.transport.Transport;
import io.sluice.proxy.upstream.Acquired;
import io.sluice.proxy.upstream.PooledUpstreams;
import io.sluice.proxy.upstream.StraightWay;
import io.sluice.proxy.upstream.UpstreamConnection;
import io.sluice.proxy.upstream.UpstreamSettings;
import io.sluice.proxy.upstream.UpstreamTarget;
import io.sluice.proxy.upstream.Upstreams;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** A listener whose connections are all relayed to one cluster. */
final class RelayBench implements AutoCloseable {
  /** Does what the fault room does, as far as these tests go. */
  static final Function<Failure, ResponseFlag> FLAGS =
      failure ->
          failure instanceof Failure.NoEndpoint
              ? ResponseFlag.NO_HEALTHY_ENDPOINT
              : ResponseFlag.UPSTREAM_CONNECT_FAILED;

  static final TcpSettings QUICK_REPORTS = reporting(Duration.ofMillis(20));

  /** What is out of order on the way to the server. */
  enum Fault {
    ON_ACQUIRE,
    ON_COUPLING
  }

  volatile Optional<Fault> fault = Optional.empty();

  final RecordedTcpEdge edge = new RecordedTcpEdge();
  final List<Optional<Endpoint>> asked = new CopyOnWriteArrayList<>();
  final List<Channel> accepted = new CopyOnWriteArrayList<>();
  final PodContext pod = LoopbackDoors.pod("db");
  final LoopbackDoors.OwnRecord own = new LoopbackDoors().own();
  volatile InetSocketAddress originalDestination =
      new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 5432);
  final PooledUpstreams upstreams;
  private final TcpSettings settings;
  private final Loops loops;
  private final Channel listener;

  RelayBench(Transport transport, Cluster cluster) {
    this(transport, cluster, TcpSettings.DEFAULT, "");
  }

  RelayBench(Transport transport, Cluster cluster, TcpSettings settings, String alreadyRead) {
    this.settings = settings;
    loops = new Loops(transport, 2);
    upstreams =
        new PooledUpstreams(
            UpstreamSettings.defaults(transport),
            loops.group(),
            own,
            StraightWay.NONE,
            new SplittableRandom(42)::split);
    TcpRelay relay = new TcpRelay(settings, FLAGS);
    InetAddress local = InetAddress.ofLiteral("127.0.0.1");
    listener =
        new ServerBootstrap()
            .group(loops.group())
            .channelFactory(() -> transport.newServerSocketChannel(local))
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted.add(channel);
                    // As detection would: not while the channel is still being set up.
                    channel.eventLoop().execute(() -> couple(relay, channel, cluster, alreadyRead));
                  }
                })
            .bind(new InetSocketAddress(local, 0))
            .syncUninterruptibly()
            .channel();
  }

  static TcpSettings reporting(Duration every) {
    return new TcpSettings(
        every, TcpSettings.DEFAULT.bufferLowBytes(), TcpSettings.DEFAULT.bufferHighBytes());
  }

  private void couple(TcpRelay relay, Channel channel, Cluster cluster, String alreadyRead) {
    InterceptedConnection connection =
        new InterceptedConnection(
            Direction.OUTBOUND,
            pod,
            originalDestination,
            (InetSocketAddress) channel.remoteAddress());
    ByteBuf bytes = channel.alloc().buffer();
    bytes.writeBytes(Unpooled.copiedBuffer(alreadyRead, StandardCharsets.US_ASCII));
    UpstreamTarget target = new UpstreamTarget(cluster, connection, false);
    relay.couple(channel, bytes, new ToCluster(target, channel.eventLoop()));
  }

  private final class ToCluster implements TcpWay {
    private final UpstreamTarget target;
    private final EventLoop loop;

    ToCluster(UpstreamTarget target, EventLoop loop) {
      this.target = target;
      this.loop = loop;
    }

    @Override
    public Upstreams.Cancellation acquire(Consumer<Acquired> then) {
      fail(Fault.ON_ACQUIRE);
      return upstreams.acquire(target, loop, then);
    }

    @Override
    public TcpOptions options() {
      fail(Fault.ON_COUPLING);
      return target.cluster().tcp();
    }

    @Override
    public TcpEdge edge(Optional<UpstreamConnection> upstream) {
      asked.add(upstream.map(UpstreamConnection::endpoint));
      return edge;
    }

    private void fail(Fault at) {
      if (fault.filter(at::equals).isPresent()) {
        throw new IllegalStateException("a fault, made by a test: " + at);
      }
    }
  }

  Socket connect() throws IOException {
    InetSocketAddress address = (InetSocketAddress) listener.localAddress();
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout((int) Eventually.LIMIT.toMillis());
    return socket;
  }

  /** Waits until every coupling that was there has looked at its sides so often. */
  void ticks(int number) {
    long nanos = number * settings.reportEvery().toNanos();
    accepted
        .get(0)
        .eventLoop()
        .schedule(() -> {}, nanos, TimeUnit.NANOSECONDS)
        .syncUninterruptibly();
  }

  /** Waits for the end, and checks that it was counted once. */
  void endsWith(ResponseFlag flag) {
    Eventually.passes(() -> assertThat(edge.closedWith()).containsExactly(flag));
    assertThat(edge.openedTimes()).isOne();
    assertThat(asked).hasSize(1);
    Eventually.until("the accepted channel is closed", () -> !accepted.get(0).isOpen());
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    upstreams.close();
    loops.close();
  }
}
