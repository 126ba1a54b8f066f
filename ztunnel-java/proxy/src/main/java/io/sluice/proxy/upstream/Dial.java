package io.sluice.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.TcpOptions.Keepalive;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.proxy.doors.LocalPod;
import io.sluice.proxy.doors.PodSockets.PodGoneException;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.intercept.Direction;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.transport.Transport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one endpoint: TLS settings, socket in the pod's namespace, exempt, connect, TLS
 * handshake. One time limit covers it all.
 */
final class Dial {
  /** How an attempt ended. */
  sealed interface Outcome {
    /**
     * Ready for application data; belongs to the receiver.
     *
     * @param straightTo the pod of this machine whose app accepted it without another pass
     */
    record Connected(Channel channel, Optional<LocalPod> straightTo) implements Outcome {}

    /**
     * There is no channel.
     *
     * @param anotherMayDo whether another attempt is worth it
     */
    record NotConnected(Failure failure, boolean anotherMayDo) implements Outcome {}
  }

  /** Takes what a failing handshake throws: the handshake's future has said it already. */
  @Sharable
  private static final class Quiet extends ChannelInboundHandlerAdapter {
    static final String NAME = "quiet";
    static final Quiet HANDLER = new Quiet();

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // See above.
    }
  }

  private final PodPool pod;
  private final UpstreamTarget target;
  private final Endpoint endpoint;
  private final Duration limit;
  private final Consumer<Outcome> then;
  private final long begunNanos;
  private @Nullable Channel channel;
  private @Nullable Future<?> limiting;
  private @Nullable SslContext tls;
  private Optional<LocalPod> straightTo = Optional.empty();
  private boolean ended;

  /**
   * @param limit for all of it; positive
   */
  Dial(
      PodPool pod,
      UpstreamTarget target,
      Endpoint endpoint,
      Duration limit,
      Consumer<Outcome> then) {
    this.pod = pod;
    this.target = target;
    this.endpoint = endpoint;
    this.limit = limit;
    this.then = then;
    this.begunNanos = pod.loop().nowNanos();
  }

  void begin() {
    Cluster cluster = target.cluster();
    EventLoop loop = pod.loop().eventLoop();
    limiting = loop.schedule(this::late, limit.toNanos(), TimeUnit.NANOSECONDS);
    if (cluster.tls().isEmpty()) {
      open();
    } else if (serverName().startsWith("*")) {
      tlsFailed(
          "a wildcard host is no server name: '"
              + serverName()
              + "' (expected: tls.sni in its DestinationRule)");
    } else {
      pod.loop().tls().get(new TlsKey(cluster.tls().get(), target.reuse()), this::tlsSetUp);
    }
  }

  private void tlsSetUp(TlsContexts.Built built) {
    if (ended) {
      return;
    }
    switch (built) {
      case TlsContexts.Built.Ready(SslContext context) -> {
        tls = context;
        open();
      }
      case TlsContexts.Built.Failed(String reason) -> tlsFailed(reason);
    }
  }

  /** Nobody waits any more; the receiver is not called. */
  void cancel() {
    if (!ended) {
      end();
      pod.loop().balancer().ended(endpoint.address());
      drop();
    }
  }

  private void open() {
    SocketChannel socket;
    try {
      socket = makeSocket();
    } catch (PodGoneException e) {
      notConnected(pod.gone(), false);
      return;
    } catch (RuntimeException e) {
      // Out of file descriptors, say.
      notConnected(ConnectFaults.of(e, endpoint.address(), elapsed()), false);
      return;
    }
    channel = socket;
    pod.opened(socket);
    pod.loop()
        .eventLoop()
        .register(socket)
        .addListener(registered -> {
          if (registered.isSuccess()) {
            connect(socket);
          } else {
            failed(registered.cause());
          }
        });
  }

  /**
   * A socket that no hook redirects, and that shows the app the true client where it is inbound.
   */
  private SocketChannel makeSocket() {
    InterceptedConnection connection = target.connection();
    Transport transport = pod.loop().settings().transport();
    SocketChannel socket =
        connection
            .pod()
            .sockets()
            .open(() -> transport.newSocketChannel(endpoint.address().getAddress()));
    try {
      int fd = Transport.fd(socket);
      if (connection.direction() == Direction.INBOUND) {
        pod.loop().own().exemptShowing(fd, connection.client());
        socket.config().setOption(Transport.BIND_ADDRESS_NO_PORT, 1);
      } else {
        exempt(fd);
        // The app's own probes end at the proxy. Inbound the other end is on this machine.
        Transport.keepAlive(socket, target.cluster().tcp().keepalive().orElse(Keepalive.DEFAULT));
      }
      socket.config().setAutoRead(false);
      socket.config().setConnectTimeoutMillis(0); // One limit is enough, and ours covers TLS too.
      return socket;
    } catch (RuntimeException e) {
      socket.unsafe().closeForcibly();
      throw e;
    }
  }

  private void exempt(int fd) {
    straightTo = pod.loop().straightWay().to(target, endpoint.address());
    if (straightTo.isPresent()) {
      pod.loop().own().exemptStraight(fd);
    } else {
      pod.loop().own().exempt(fd);
    }
  }

  private void connect(SocketChannel socket) {
    InetSocketAddress remote = endpoint.address();
    boolean inbound = target.connection().direction() == Direction.INBOUND;
    (inbound
            ? socket.connect(remote, pod.loop().sources().next(remote.getAddress()))
            : socket.connect(remote))
        .addListener(connected -> {
          if (connected.isSuccess()) {
            connected(socket);
          } else {
            failed(connected.cause());
          }
        });
  }

  private void connected(SocketChannel socket) {
    if (ended) {
      Transport.reset(socket);
      return;
    }
    if (straightTo.isPresent() && !pod.loop().own().wentStraight(Transport.fd(socket))) {
      // On its way it got another address, or the pod was let go of.
      straightTo = Optional.empty();
    }
    SslContext context = tls;
    if (context == null) {
      ready(socket);
    } else {
      straightTo.ifPresent(called ->
          socket
              .pipeline()
              .addLast(pod.loop().straightWay().meter(target, endpoint.address(), called)));
      secure(socket, context);
    }
  }

  private void secure(SocketChannel socket, SslContext context) {
    SslHandler handler =
        context.newHandler(socket.alloc(), serverName(), endpoint.address().getPort());
    handler.setHandshakeTimeoutMillis(0); // One limit is enough.
    handler
        .handshakeFuture()
        .addListener(done -> {
          if (done.isSuccess()) {
            ready(socket);
          } else {
            tlsFailed(TlsFaults.reason(done.cause()));
          }
        });
    socket.pipeline().addLast("tls", handler).addLast(Quiet.NAME, Quiet.HANDLER);
  }

  private void ready(SocketChannel socket) {
    if (ended) {
      Transport.reset(socket);
      return;
    }
    end();
    if (tls != null) {
      socket.pipeline().remove(Quiet.NAME);
    }
    then.accept(new Outcome.Connected(socket, straightTo));
  }

  private String serverName() {
    String sni = target.cluster().tls().map(UpstreamTls::sni).orElse("");
    return sni.isEmpty() ? target.cluster().id().host() : sni;
  }

  private void tlsFailed(String reason) {
    notConnected(new Failure.TlsFailed(endpoint.address(), reason), false);
  }

  private void failed(Throwable cause) {
    boolean inbound = target.connection().direction() == Direction.INBOUND;
    Failure failure = ConnectFaults.of(cause, endpoint.address(), elapsed());
    if (failure instanceof Failure.ConnectRefused) {
      straightTo.ifPresent(LocalPod::appRefused);
      if (inbound) {
        target.connection().pod().sockets().appRefused();
      }
    }
    // Inbound there is one endpoint only: another source address may help, another try does not.
    notConnected(failure, !inbound || ConnectFaults.sourceIsUsedUp(cause));
  }

  private void late() {
    Channel opened = channel;
    if (tls != null && opened != null && opened.isActive()) {
      tlsFailed(
          "the handshake did not end within "
              + limit
              + " of the dial: maybe the endpoint does not speak TLS");
    } else {
      notConnected(new Failure.ConnectTimeout(endpoint.address(), limit), true);
    }
  }

  private void notConnected(Failure failure, boolean anotherMayDo) {
    if (!ended) {
      end();
      drop();
      then.accept(new Outcome.NotConnected(failure, anotherMayDo && !pod.isClosed()));
    }
  }

  private void end() {
    ended = true;
    Future<?> running = limiting;
    if (running != null) {
      running.cancel(false);
    }
  }

  private void drop() {
    Channel opened = channel;
    if (opened != null) {
      Transport.reset(opened);
    }
  }

  private Duration elapsed() {
    return Duration.ofNanos(pod.loop().nowNanos() - begunNanos);
  }
}
