package io.sluice.proxy.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.fault.OwnFaults;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.telemetry.MeshTelemetry.TcpEdge;
import io.sluice.proxy.transport.Transport;
import io.sluice.proxy.upstream.Acquired;
import io.sluice.proxy.upstream.UpstreamConnection;
import io.sluice.proxy.upstream.Upstreams;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One client and its server; counted once, ended once. */
final class Coupling {
  private final TcpSettings settings;
  private final EventLoop loop;
  private final Side client;
  private final TcpWay way;
  private final Function<Failure, ResponseFlag> flags;

  // What came before there was a server. Reading goes on up to here, because only who reads sees
  // that the client has left; beyond comes at most one read.
  private static final int EARLY_BYTES_MAX = 64 * 1024;
  private final Queue<ByteBuf> early = new ArrayDeque<>(2);
  private int earlyBytes;

  private Upstreams.@Nullable Cancellation wish;
  private @Nullable UpstreamConnection upstream;
  private @Nullable Side server;
  private @Nullable TcpEdge edge;
  private @Nullable Future<?> ticks;
  private long idleNanosMax = Long.MAX_VALUE;
  private long movedNanos;
  private boolean ended;

  Coupling(
      TcpSettings settings, Channel client, TcpWay way, Function<Failure, ResponseFlag> flags) {
    this.settings = settings;
    this.loop = client.eventLoop();
    this.client = new Side(this, client, settings);
    this.way = way;
    this.flags = flags;
  }

  /** Does not throw: the bytes are taken over in any case. */
  void begin(ByteBuf alreadyRead) {
    client.count(alreadyRead.readableBytes());
    boolean mayRead = early(alreadyRead);
    guarded(() -> start(mayRead));
  }

  private void start(boolean mayRead) {
    Channel channel = client.channel();
    channel.config().setAutoRead(false);
    channel.pipeline().addLast("relay", client);
    if (!channel.isActive()) {
      end(ResponseFlag.DOWNSTREAM_CLOSED, true);
      return;
    }
    if (((DuplexChannel) channel).isInputShutdown()) {
      client.endInput();
    }
    if (mayRead) {
      channel.read();
    }
    ticks =
        loop.scheduleAtFixedRate(
            () -> guarded(this::tick),
            settings.reportEvery().toNanos(),
            settings.reportEvery().toNanos(),
            TimeUnit.NANOSECONDS);
    Upstreams.Cancellation begun = way.acquire(got -> guarded(() -> acquired(got)));
    if (server == null && !ended) {
      wish = begun;
    }
  }

  /**
   * Keeps bytes until there is a server; takes them over.
   *
   * @return whether more may be read
   */
  boolean early(ByteBuf bytes) {
    if (!bytes.isReadable() || ended) {
      bytes.release();
      return !ended;
    }
    early.add(bytes);
    earlyBytes += bytes.readableBytes();
    return earlyBytes < EARLY_BYTES_MAX;
  }

  /** A side failed: a reset, in nearly all cases. */
  void broken(Side side, Throwable cause) {
    OwnFaults.report("the TCP relay", cause);
    end(OwnFaults.isOfTheNetwork(cause) ? flagOfReset(side) : ResponseFlag.LOCAL_RESET, true);
  }

  /** Who has the other's end already just leaves something unread, TLS's farewell mostly. */
  private ResponseFlag flagOfReset(Side by) {
    if (by.knowsOfEnd()) {
      return ResponseFlag.NONE;
    }
    return by == client ? ResponseFlag.DOWNSTREAM_CLOSED : ResponseFlag.UPSTREAM_RESET;
  }

  /** Nobody above would end the connection: with a fault of ours it would be left to no one. */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      OwnFaults.report("the TCP relay", e);
      end(ResponseFlag.LOCAL_RESET, true);
    }
  }

  /** A side was closed, and not by its peer: the pod is let go of, or the agent ends. */
  void gone() {
    end(ResponseFlag.LOCAL_RESET, true);
  }

  /** Nothing has moved for too long, and nothing waits. */
  void idle() {
    end(ResponseFlag.NONE, false);
  }

  /** Bytes went one way or the other. */
  void moved() {
    movedNanos = nowNanos();
  }

  void endIfOver() {
    Side to = server;
    if (client.isOver() && to != null && to.isOver()) {
      end(ResponseFlag.NONE, false);
    }
  }

  private void acquired(Acquired acquired) {
    wish = null;
    switch (acquired) {
      case Acquired.Ready(UpstreamConnection connection) -> couple(connection);
      case Acquired.Failed(Failure failure) -> end(flags.apply(failure), true);
    }
  }

  private void couple(UpstreamConnection connection) {
    upstream = connection;
    Side to = new Side(this, connection.channel(), settings);
    server = to;
    connection.channel().pipeline().addLast("relay", to);
    edge = open(Optional.of(connection));
    idleNanosMax = way.options().idleTimeout().map(Coupling::nanos).orElse(Long.MAX_VALUE);
    moved();
    for (ByteBuf bytes = early.poll(); bytes != null; bytes = early.poll()) {
      to.write(bytes);
    }
    to.flush();
    client.coupleWith(to);
    to.coupleWith(client);
  }

  private TcpEdge open(Optional<UpstreamConnection> to) {
    TcpEdge opened = way.edge(to);
    opened.opened();
    return opened;
  }

  private void tick() {
    Side to = server;
    TcpEdge meters = edge;
    if (client.isDead()) {
      end(flagOfReset(client), true);
    } else if (to == null || meters == null) {
      // Still dialling; that has a limit of its own.
      return;
    } else if (to.isDead()) {
      end(flagOfReset(to), true);
    } else {
      report(meters);
      endIfIdle(to);
    }
  }

  private void endIfIdle(Side to) {
    // Both, each time: a side remembers how much it had to write.
    boolean drained = client.hasDrained() | to.hasDrained();
    if (drained) {
      moved();
    } else if (nowNanos() - movedNanos >= idleNanosMax) {
      // An orderly end would tell a reader that got stuck that it has everything.
      end(ResponseFlag.NONE, client.hasUnwritten() || to.hasUnwritten());
    }
  }

  private void report(TcpEdge to) {
    long received = client.takeReadBytes();
    Side from = server;
    long sent = from == null ? 0 : from.takeReadBytes();
    if (received > 0 || sent > 0) {
      to.bytes(received, sent);
    }
  }

  /**
   * @param reset whether both sides shall see a reset; what waits to be written is dropped then
   */
  private void end(ResponseFlag flag, boolean reset) {
    if (ended) {
      return;
    }
    ended = true;
    stop();
    try {
      count(flag);
    } catch (RuntimeException e) {
      OwnFaults.report("counting a TCP connection", e);
    }
    close(reset);
  }

  private void count(ResponseFlag flag) {
    TcpEdge to = edge == null ? open(Optional.empty()) : edge;
    report(to);
    to.closed(flag);
  }

  private void close(boolean reset) {
    if (reset) {
      Transport.reset(client.channel());
    } else {
      client.channel().close();
    }
    UpstreamConnection connection = upstream;
    if (connection != null) {
      if (reset) {
        Transport.reset(connection.channel());
      }
      connection.discard();
    }
  }

  private void stop() {
    Upstreams.Cancellation waiting = wish;
    if (waiting != null) {
      waiting.cancel();
    }
    Future<?> ticking = ticks;
    if (ticking != null) {
      ticking.cancel(false);
    }
    early.forEach(ByteBuf::release);
    early.clear();
  }

  private static long nanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration); // saturates
  }

  private long nowNanos() {
    return loop.ticker().nanoTime();
  }
}
