package io.sluice.agent.testbed;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.sluice.agent.kernel.ffi.Libc;
import io.sluice.agent.kernel.program.AttachedDatapath;
import io.sluice.agent.kernel.program.PodListeners;
import io.sluice.agent.netns.NetworkNamespace;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Stands in for the proxy in one pod: accepts what was steered and copies bytes, both directions,
 * half-closes and resets included.
 */
public final class TestProxy implements AutoCloseable {
  private static final int SO_BINDTOIFINDEX = 62;
  private static final int LO = 1;
  private static final int PORT_MIN = 12_000;
  private static final int PORT_BOUND = 30_000;
  private static final int BACKLOG = 1024;
  private static final int BIND_TRIES_MAX = 20;

  private final AttachedDatapath datapath;
  private final NetworkNamespace namespace;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Random random;
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<InetSocketAddress> arrivedAt = new CopyOnWriteArrayList<>();
  private final Channel out4;
  private final List<Channel> out6 = new ArrayList<>();
  private final EpollServerSocketChannel in4;
  private final EpollServerSocketChannel in6;
  private final List<Boolean> wentStraight = new CopyOnWriteArrayList<>();
  private volatile boolean straight;

  public TestProxy(AttachedDatapath datapath, NetworkNamespace namespace, long seed) {
    this.datapath = datapath;
    this.namespace = namespace;
    this.random = new Random(seed);
    this.out4 = listen("0.0.0.0", true, true);
    for (int i = 0; i < PodListeners.OUT_PORTS6; i++) {
      out6.add(listen("::1", true, false));
    }
    this.in4 = listen("127.0.0.1", false, false);
    this.in6 = listen("::1", false, false);
  }

  public PodListeners listeners() {
    return new PodListeners(
        port(out4),
        out6.stream().map(TestProxy::port).toList(),
        in4.fd().intValue(),
        OptionalInt.of(in6.fd().intValue()));
  }

  /** One line a connection: {@code out|in CLIENT -> DESTINATION}. */
  public List<String> seen() {
    return List.copyOf(seen);
  }

  /** Where each redirected connection arrived: an address of 127/8 or ::1. */
  public List<InetSocketAddress> arrivedAt() {
    return List.copyOf(arrivedAt);
  }

  /** Its outbound connections ask to pass the called pod's listener by from now on, or not. */
  public void goStraight(boolean wish) {
    straight = wish;
  }

  /** Of each connection that asked for it and was established: whether it was let through. */
  public List<Boolean> wentStraight() {
    return List.copyOf(wentStraight);
  }

  /** Connections stay in the kernel's queues from now on. */
  public void pauseAccept() {
    out4.config().setAutoRead(false);
  }

  private EpollServerSocketChannel listen(String address, boolean outbound, boolean onLo) {
    for (int i = 0; ; i++) {
      int port = random.nextInt(PORT_MIN, PORT_BOUND);
      ChannelFuture bound =
          new ServerBootstrap()
              .group(loops)
              .channelFactory(() -> listenerSocket(onLo))
              .option(ChannelOption.SO_BACKLOG, BACKLOG)
              .childOption(ChannelOption.AUTO_READ, false)
              .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
              .childHandler(new Accepted(outbound))
              .bind(new InetSocketAddress(InetAddress.ofLiteral(address), port))
              .awaitUninterruptibly();
      if (bound.isSuccess()) {
        channels.add(bound.channel());
        return (EpollServerSocketChannel) bound.channel();
      }
      if (i == BIND_TRIES_MAX) {
        throw new IllegalStateException("no port for a listener on " + address, bound.cause());
      }
    }
  }

  private EpollServerSocketChannel listenerSocket(boolean onLo) {
    EpollServerSocketChannel listener = namespace.call(EpollServerSocketChannel::new);
    int fd = listener.fd().intValue();
    datapath.ownSockets().exempt(fd);
    if (onLo) {
      Libc.setIntOption(fd, Libc.SOL_SOCKET, SO_BINDTOIFINDEX, LO);
    }
    return listener;
  }

  /** Connects on behalf of what was accepted, then copies. */
  private final class Accepted extends ChannelInitializer<EpollSocketChannel> {
    private final boolean outbound;

    Accepted(boolean outbound) {
      this.outbound = outbound;
    }

    @Override
    protected void initChannel(EpollSocketChannel accepted) {
      channels.add(accepted);
      if (outbound) {
        arrivedAt.add(accepted.localAddress());
      }
      Optional<InetSocketAddress> destination =
          outbound
              ? datapath.originalDestinations().of(accepted.fd().intValue())
              : Optional.of(accepted.localAddress())
                  .filter(a -> !a.getAddress().isLoopbackAddress());
      seen.add(
          (outbound ? "out " : "in ")
              + show(accepted.remoteAddress())
              + " -> "
              + destination.map(TestProxy::show).orElse("nobody"));
      if (destination.isEmpty()) {
        Relay.reset(accepted);
      } else {
        connect(accepted, destination.get());
      }
    }

    private void connect(EpollSocketChannel accepted, InetSocketAddress destination) {
      InetSocketAddress client = accepted.remoteAddress();
      Bootstrap bootstrap =
          new Bootstrap()
              .group(accepted.eventLoop())
              .channelFactory(() -> upstreamSocket(client))
              .option(ChannelOption.AUTO_READ, false)
              .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
              .option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true)
              .handler(new Relay(accepted));
      ChannelFuture connected =
          outbound
              ? bootstrap.connect(destination)
              : bootstrap.connect(destination, new InetSocketAddress(source(destination), 0));
      channels.add(connected.channel());
      accepted.pipeline().addLast(new Relay(connected.channel()));
      connected.addListener(done -> {
        if (done.isSuccess()) {
          if (outbound && straight) {
            int fd = ((EpollSocketChannel) connected.channel()).fd().intValue();
            wentStraight.add(datapath.ownSockets().wentStraight(fd));
          }
          accepted.config().setAutoRead(true);
          connected.channel().config().setAutoRead(true);
        } else {
          Relay.reset(accepted);
        }
      });
    }

    private EpollSocketChannel upstreamSocket(InetSocketAddress client) {
      EpollSocketChannel socket = namespace.call(() -> new EpollSocketChannel());
      if (outbound && straight) {
        datapath.ownSockets().exemptStraight(socket.fd().intValue());
      } else if (outbound) {
        datapath.ownSockets().exempt(socket.fd().intValue());
      } else {
        datapath.ownSockets().exemptShowing(socket.fd().intValue(), client);
      }
      return socket;
    }

    private InetAddress source(InetSocketAddress destination) {
      return destination.getAddress() instanceof Inet4Address
          ? InetAddress.ofLiteral("127.0." + random.nextInt(1, 255) + "." + random.nextInt(2, 255))
          : InetAddress.ofLiteral("::1");
    }
  }

  private static void end(Channel channel) {
    if (!channel.isRegistered()) {
      channel.unsafe().closeForcibly();
    } else if (channel instanceof EpollSocketChannel) {
      Relay.reset(channel);
    } else {
      channel.close();
    }
  }

  private static int port(Channel listener) {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private static String show(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** Resets all connections and frees the pod's sockets before it returns. */
  @Override
  public void close() {
    channels.forEach(TestProxy::end);
    channels.newCloseFuture().awaitUninterruptibly();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
