package io.sluice.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.sluice.mesh.service.TcpOptions.Keepalive;
import io.sluice.proxy.doors.OwnSockets;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.intercept.PodSignal;
import io.sluice.proxy.transport.Transport;
import io.sluice.proxy.upstream.Upstreams;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A pod's listeners and what they accepted. */
final class PodListeners implements PodProxy {
  private static final int OUTBOUND_V6_LISTENERS = 4;
  private static final int BIND_TRIES_MAX = 64;
  private static final int SOL_SOCKET = 1;
  private static final int SO_BINDTOIFINDEX = 62;
  private static final int EADDRINUSE = 98;

  /** The loopback device has this index in each network namespace. */
  private static final int LO_IFINDEX = 1;

  private static final ChannelOption<Integer> BIND_TO_IFINDEX =
      new IntegerUnixChannelOption("SLUICE_BIND_TO_IFINDEX", SOL_SOCKET, SO_BINDTOIFINDEX);

  /** The backlog is emptied in one turn of the loop; this is many of them. */
  private static final long BACKLOG_MILLIS = 20;

  /**
   * For all channels of the pod together: a stuck event loop must not hold the enrolment for long.
   */
  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

  private final PodContext pod;
  private final Upstreams upstreams;
  // Read by whoever shows or drains the pod while IPv6 is being added.
  private final List<Channel> servers = new CopyOnWriteArrayList<>();
  private final List<PodListener> listeners = new CopyOnWriteArrayList<>();
  private final ChannelGroup accepted = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Consumer<PodListeners> onClose;
  private final Consumer<PodListeners> ip6Opener;
  private volatile OwnPorts ownPorts = OwnPorts.NONE;
  private volatile boolean draining;
  private volatile boolean closed;

  private PodListeners(
      PodContext pod,
      Upstreams upstreams,
      Consumer<PodListeners> ip6Opener,
      Consumer<PodListeners> onClose) {
    this.pod = pod;
    this.ip6Opener = ip6Opener;
    this.upstreams = upstreams;
    this.onClose = onClose;
  }

  @Override
  public List<PodListener> listeners() {
    return List.copyOf(listeners);
  }

  @Override
  public void takeIp6() {
    if (listeners.stream().noneMatch(each -> each.role() == PodListener.Role.INBOUND_V6)) {
      ip6Opener.accept(this);
    }
  }

  @Override
  public int connections() {
    return accepted.size();
  }

  @Override
  public void drain(Duration limit) {
    draining = true;
    long start = System.nanoTime();
    // The datapath steers nothing here any more; what it steered before is in the backlog, and the
    // loops accept it now.
    List<Future<?>> stopped = new ArrayList<>();
    for (Channel server : servers) {
      stopped.add(
          server.eventLoop().schedule(() -> server.close(), BACKLOG_MILLIS, TimeUnit.MILLISECONDS));
    }
    awaitAll(stopped, start + CLOSE_MAX.toNanos());
    tellAll(PodSignal.DRAIN);
    long left = limit.toNanos() - (System.nanoTime() - start);
    accepted.newCloseFuture().awaitUninterruptibly(Math.max(0, left), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    List<Future<?>> closing = new ArrayList<>();
    for (Channel server : servers) {
      closing.add(server.close());
    }
    for (Channel connection : accepted) {
      closing.add(connection.closeFuture());
      connection.eventLoop().execute(() -> reset(connection));
    }
    CompletableFuture<Void> upstreamsClosed =
        upstreams.closePod(pod).completeOnTimeout(null, CLOSE_MAX.toNanos(), TimeUnit.NANOSECONDS);
    awaitAll(closing, System.nanoTime() + CLOSE_MAX.toNanos());
    upstreamsClosed.join();
    onClose.accept(this);
  }

  private static void awaitAll(List<Future<?>> futures, long endNanos) {
    for (Future<?> each : futures) {
      long left = Math.max(0, endNanos - System.nanoTime());
      each.awaitUninterruptibly(left, TimeUnit.NANOSECONDS);
    }
  }

  private void tellAll(PodSignal signal) {
    for (Channel connection : accepted) {
      connection.eventLoop().execute(() -> connection.pipeline().fireUserEventTriggered(signal));
    }
  }

  private static void reset(Channel connection) {
    connection.pipeline().fireUserEventTriggered(PodSignal.GONE);
    Transport.reset(connection);
  }

  private static void hasNoIp6(PodListeners plain) {
    throw new IllegalStateException("a plain listener is in no pod: it can't take its IPv6");
  }

  private void add(Channel server, PodListener listener) {
    servers.add(server);
    listeners.add(listener);
    ownPorts = OwnPorts.of(listeners);
  }

  /** Closes the newest ones, until so many are left. */
  private void keepFirst(int count) {
    while (servers.size() > count) {
      servers.removeLast().close().awaitUninterruptibly();
      listeners.removeLast();
    }
    ownPorts = OwnPorts.of(listeners);
  }

  /** What becomes of an accepted connection. On its event loop, while it is being registered. */
  @FunctionalInterface
  private interface Taker {
    void take(SocketChannel connection, PodListeners of);
  }

  private void accept(SocketChannel connection, Taker taker) {
    accepted.add(connection);
    if (closed) {
      Transport.reset(connection);
      return;
    }
    taker.take(connection, this);
  }

  /** Opens the listeners of one pod after the other. */
  static final class Opener {
    private final ProxySettings settings;
    private final EventLoopGroup loops;
    private final OwnSockets own;
    private final Upstreams upstreams;
    private final ProxyPipeline pipeline;
    private final ListenerPorts ports = ListenerPorts.ofThisMachine();

    Opener(
        ProxySettings settings,
        EventLoopGroup loops,
        OwnSockets own,
        Upstreams upstreams,
        ProxyPipeline pipeline) {
      this.settings = settings;
      this.loops = loops;
      this.own = own;
      this.upstreams = upstreams;
      this.pipeline = pipeline;
    }

    PodListeners open(PodContext pod, boolean ip6, Consumer<PodListeners> onClose) {
      PodListeners listeners = new PodListeners(pod, upstreams, this::openIp6, onClose);
      try {
        listen(listeners, PodListener.Role.OUTBOUND_V4);
        listen(listeners, PodListener.Role.INBOUND_V4);
        if (ip6) {
          openIp6(listeners);
        }
        return listeners;
      } catch (Throwable e) {
        listeners.close();
        throw e;
      }
    }

    /** One listener at the given address, for a pod that need not be here. */
    PodListeners openPlain(PodContext pod, PlainAddress address, Consumer<PodListeners> onClose) {
      PodListeners listeners = new PodListeners(pod, upstreams, PodListeners::hasNoIp6, onClose);
      Taker taker =
          (connection, of) ->
              pipeline.acceptedPlain(
                  connection, of.pod, address.destinationPort(), () -> of.draining);
      Future<Void> bound = bind(listeners, PodListener.Role.PLAIN, address.listen(), taker);
      if (!bound.isSuccess()) {
        listeners.close();
        throw new Proxy.NotOpenedException(
            "plain listener "
                + address.listen().getHostString()
                + ":"
                + address.listen().getPort()
                + " can't be opened: "
                + bound.cause()
                + " (expected: an address of this machine and a port that nobody has)",
            bound.cause());
      }
      return listeners;
    }

    /** All or none. */
    private void openIp6(PodListeners listeners) {
      int before = listeners.servers.size();
      try {
        for (int i = 0; i < OUTBOUND_V6_LISTENERS; i++) {
          listen(listeners, PodListener.Role.OUTBOUND_V6);
        }
        listen(listeners, PodListener.Role.INBOUND_V6);
      } catch (Throwable e) {
        listeners.keepFirst(before);
        throw e;
      }
    }

    private void listen(PodListeners listeners, PodListener.Role role) {
      Throwable last = new BindException("no port was tried");
      for (int tries = 0; tries < BIND_TRIES_MAX; tries++) {
        int port = ports.next(ThreadLocalRandom.current());
        Future<Void> bound =
            bind(listeners, role, new InetSocketAddress(addressOf(role), port), steered(role));
        if (bound.isSuccess()) {
          return;
        }
        last = bound.cause();
        if (!isPortTaken(last)) {
          break;
        }
      }
      throw new Proxy.NotOpenedException(
          "listener "
              + role
              + " of pod "
              + listeners.pod.uid()
              + " can't be opened: "
              + last
              + " (expected: device lo is up and has a free port of "
              + addressOf(role).getHostAddress()
              + " in its network namespace)",
          last);
    }

    /** By an app, or by another listener of ours; Netty's native transports have their own type. */
    private static boolean isPortTaken(Throwable failure) {
      return failure instanceof BindException
          || (failure instanceof Errors.NativeIoException e
              && Math.abs(e.expectedErr()) == EADDRINUSE);
    }

    private Taker steered(PodListener.Role role) {
      return (connection, of) ->
          pipeline.accepted(
              connection, role, of.pod, of.ownPorts.reachableBy(role), () -> of.draining);
    }

    private Future<Void> bind(
        PodListeners listeners, PodListener.Role role, InetSocketAddress address, Taker taker) {
      ServerBootstrap bootstrap =
          new ServerBootstrap()
              .group(loops)
              .channelFactory(() -> newSocket(listeners.pod, role, address.getAddress()))
              .option(ChannelOption.SO_BACKLOG, settings.backlogMax())
              .childOption(ChannelOption.AUTO_READ, false)
              .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
              .childHandler(initializer(listeners, taker));
      if (role == PodListener.Role.OUTBOUND_V4) {
        // Only so may it have all of 127/8 and nothing that comes from outside.
        bootstrap.option(BIND_TO_IFINDEX, LO_IFINDEX);
      }
      var bound = bootstrap.bind(address).awaitUninterruptibly();
      if (bound.isSuccess()) {
        Channel server = bound.channel();
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        listeners.add(server, new PodListener(role, port, Transport.fd(server)));
      }
      return bound;
    }

    private ServerChannel newSocket(PodContext pod, PodListener.Role role, InetAddress address) {
      ServerChannel server =
          pod.sockets().open(() -> settings.transport().newServerSocketChannel(address));
      try {
        // Before bind and listen: what it accepts inherits the exemption.
        own.exempt(Transport.fd(server));
        if (isInbound(role) || role == PodListener.Role.PLAIN) {
          // The app's own probes end at the proxy; outbound the other end is on this machine.
          Transport.keepAlive(server, Keepalive.DEFAULT);
        }
        return server;
      } catch (Throwable e) {
        server.unsafe().closeForcibly();
        throw e;
      }
    }

    private static ChannelInitializer<SocketChannel> initializer(
        PodListeners listeners, Taker taker) {
      return new ChannelInitializer<>() {
        @Override
        protected void initChannel(SocketChannel connection) {
          listeners.accept(connection, taker);
        }
      };
    }

    private static boolean isInbound(PodListener.Role role) {
      return role == PodListener.Role.INBOUND_V4 || role == PodListener.Role.INBOUND_V6;
    }

    private static InetAddress addressOf(PodListener.Role role) {
      return InetAddress.ofLiteral(
          switch (role) {
            case OUTBOUND_V4 -> "0.0.0.0";
            case INBOUND_V4 -> "127.0.0.1";
            case OUTBOUND_V6, INBOUND_V6 -> "::1";
            case PLAIN ->
                throw new IllegalArgumentException("role: PLAIN (expected: one inside a pod)");
          });
    }
  }
}
