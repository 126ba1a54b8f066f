package io.sluice.proxy.tcp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.transport.Transport;
import io.sluice.proxy.upstream.Acquired;
import io.sluice.proxy.upstream.UpstreamConnection;
import io.sluice.proxy.upstream.UpstreamTarget;
import io.sluice.proxy.upstream.Upstreams;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server that is dialled while its client is still silent, because it may be the one to speak
 * first. Event loop of the client.
 *
 * <pre>
 *   begin --&gt; it speaks, ends, can't be reached, or was silent
 *             for the cluster's idle timeout: told, and taken at once
 *         --&gt; take: the client has spoken, and it is the right one
 *         --&gt; discard: another one is needed        FIN; nothing was sent to it
 *         --&gt; reset: the client is gone
 * </pre>
 *
 * Nothing is kept here: its first sign, whatever it is, goes to whoever takes it meanwhile. That
 * TLS of ours could not be agreed on is told when its client has had a connect timeout's time to
 * speak TLS itself.
 */
public final class EarlyServer {
  /** What comes through the server's pipeline to whoever was given the sign. */
  enum Event {
    /** Nothing has moved for the cluster's idle timeout. */
    IDLE
  }

  private final UpstreamTarget target;
  private final EventLoop loop;
  private final Runnable sign;
  private @Nullable Consumer<Acquired> taker;
  private Upstreams.@Nullable Cancellation wish;
  private @Nullable Acquired acquired;
  private @Nullable Future<?> timer;
  private boolean over;
  private boolean taken;

  /**
   * @param sign run once, when the server gives its first sign before it was taken: {@link #take}
   *     is expected within
   */
  public EarlyServer(UpstreamTarget target, EventLoop loop, Runnable sign) {
    this.target = target;
    this.loop = loop;
    this.sign = sign;
  }

  /** Dials; {@code sign} may be run within. */
  public void begin(Upstreams upstreams) {
    Upstreams.Cancellation begun = upstreams.acquire(target, loop, this::acquired);
    if (acquired == null) {
      wish = begun;
    }
  }

  /**
   * Hands the server over, now or when it has been reached; from then on this does nothing.
   *
   * @param then as in {@link Upstreams#acquire}; where the server's sign was the reason, the sign
   *     follows through its pipeline
   */
  public Upstreams.Cancellation take(Consumer<Acquired> then) {
    taken = true;
    end();
    Acquired now = acquired;
    if (now == null) {
      taker = then;
      return this::cancel;
    }
    then.accept(now);
    if (now instanceof Acquired.Ready(UpstreamConnection connection)) {
      forget(connection.channel());
    }
    return () -> {};
  }

  /** Gives it up; one that was reached sees an orderly end. */
  public void discard() {
    end();
    cancel();
    if (acquired instanceof Acquired.Ready(UpstreamConnection connection)) {
      connection.discard();
    }
  }

  /** Gives it up as a client does that resets. */
  public void reset() {
    end();
    if (acquired instanceof Acquired.Ready(UpstreamConnection connection)) {
      Transport.reset(connection.channel());
    }
    discard();
  }

  private void end() {
    over = true;
    Future<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
  }

  private void cancel() {
    Upstreams.Cancellation waiting = wish;
    if (waiting != null) {
      wish = null;
      waiting.cancel();
    }
  }

  private void acquired(Acquired now) {
    wish = null;
    acquired = now;
    Consumer<Acquired> to = taker;
    if (to != null) {
      to.accept(now);
      return;
    }
    switch (now) {
      case Acquired.Ready(UpstreamConnection connection) -> {
        listenTo(connection.channel());
        target
            .cluster()
            .tcp()
            .idleTimeout()
            .ifPresent(limit -> after(limit, () -> idle(connection.channel())));
      }
      // Perhaps the client is about to speak TLS itself, and needs none of ours.
      case Acquired.Failed(Failure.TlsFailed _) -> after(target.cluster().connectTimeout(), sign);
      case Acquired.Failed _ -> sign.run();
    }
  }

  private void idle(Channel channel) {
    sign.run();
    channel.pipeline().fireUserEventTriggered(Event.IDLE);
  }

  private void after(Duration limit, Runnable then) {
    long nanos = TimeUnit.NANOSECONDS.convert(limit); // saturates
    timer = loop.schedule(then, nanos, TimeUnit.NANOSECONDS);
  }

  private void listenTo(Channel channel) {
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel.pipeline().addLast(Listener.NAME, new Listener());
    channel.read();
  }

  private static void forget(Channel channel) {
    if (channel.pipeline().get(Listener.NAME) != null) {
      channel.pipeline().remove(Listener.NAME);
    }
  }

  /** Tells of the first thing that happens, then passes it on to the handlers of the taker. */
  private final class Listener extends ChannelInboundHandlerAdapter {
    static final String NAME = "early";

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      tell();
      if (taken) {
        ctx.fireChannelRead(message);
      } else {
        // Nobody took it, for the client's end was quicker.
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
        tell();
      }
      ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      tell();
      if (taken) {
        // Also what happens while it is being handed over.
        ctx.fireExceptionCaught(cause);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      tell();
      ctx.fireChannelInactive();
    }

    private void tell() {
      if (!over) {
        sign.run();
      }
    }
  }
}
