package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.sluice.proxy.transport.Transport;
import io.sluice.proxy.upstream.Acquired;
import io.sluice.proxy.upstream.UpstreamConnection;
import io.sluice.proxy.upstream.UpstreamTarget;
import io.sluice.proxy.upstream.Upstreams;
import org.jspecify.annotations.Nullable;

/**
 * One try upstream: the wish for a connection, then the loan of one. Ends once, by {@link
 * #giveBack}, {@link #discard} or {@link #becomeTunnel}; afterwards it does nothing. Event loop
 * only.
 */
final class Attempt {
  private final Exchange exchange;
  private Upstreams.@Nullable Cancellation wish;
  private @Nullable UpstreamConnection connection;
  private @Nullable UpstreamHandler handler;
  private boolean answered;

  Attempt(Exchange exchange) {
    this.exchange = exchange;
  }

  /** The answer goes to the exchange, possibly before this method returns. */
  void begin(Upstreams upstreams, UpstreamTarget target, EventLoop loop) {
    Upstreams.Cancellation asked = upstreams.acquire(target, loop, this::acquired);
    if (!answered) {
      wish = asked;
    }
  }

  private void acquired(Acquired acquired) {
    answered = true;
    wish = null;
    switch (acquired) {
      case Acquired.Ready(UpstreamConnection lent) -> {
        connection = lent;
        exchange.connected(lent);
      }
      case Acquired.Failed failed -> exchange.fail(failed.failure());
    }
  }

  /**
   * Takes the connection for a request of that method.
   *
   * @return whether it is still open
   */
  boolean open(String method, HttpLimits limits) {
    UpstreamConnection lent = connection;
    if (lent == null) {
      return false;
    }
    UpstreamHandler opened = UpstreamHandler.of(lent.channel(), limits);
    opened.begin(exchange, method);
    handler = opened;
    return lent.channel().isActive();
  }

  /** For a head and a small piece behind it. */
  ByteBuf buffer(int headBytes) {
    UpstreamHandler to = handler;
    return to != null ? to.buffer(headBytes) : Unpooled.buffer(headBytes);
  }

  /** Takes the head over. */
  void writeHead(ByteBuf head) {
    UpstreamHandler to = handler;
    if (to != null) {
      to.writeHead(head);
    } else {
      head.release();
    }
  }

  /** Takes the piece over. */
  void write(ByteBuf piece) {
    UpstreamHandler to = handler;
    if (to != null) {
      to.write(piece);
    } else {
      piece.release();
    }
  }

  void flush() {
    UpstreamHandler to = handler;
    if (to != null) {
      to.flush();
    }
  }

  boolean isWritable() {
    UpstreamHandler to = handler;
    return to != null && to.isWritable();
  }

  /** The next piece of the response, please. */
  void demand() {
    UpstreamHandler from = handler;
    if (from != null) {
      from.demand();
    }
  }

  /** The framing of chunks in the response's body is left out. */
  void dropFraming() {
    UpstreamHandler from = handler;
    if (from != null) {
      from.dropFraming();
    }
  }

  /** Whether the connection has carried an exchange before: the server may have closed it since. */
  boolean reused() {
    UpstreamConnection lent = connection;
    return lent != null && lent.reused();
  }

  /** Whether anything of the request may have reached the server. */
  boolean hasWritten() {
    UpstreamHandler to = handler;
    return to != null && to.hasWritten();
  }

  /**
   * The response is complete: back to the pool, or closed if any doubt is left.
   *
   * @param reusable as far as the messages tell
   */
  void giveBack(boolean reusable) {
    UpstreamConnection lent = connection;
    UpstreamHandler from = handler;
    connection = null;
    handler = null;
    if (lent != null && from != null) {
      boolean clean = from.isClean();
      from.end();
      if (reusable && clean) {
        lent.release();
      } else {
        lent.discard();
      }
    }
  }

  /** Nobody waits for it any more: a reset, so that the server sees that at once. */
  void discard() {
    Upstreams.Cancellation waiting = wish;
    wish = null;
    if (waiting != null) {
      waiting.cancel();
    }
    UpstreamHandler from = handler;
    handler = null;
    if (from != null) {
      from.end();
    }
    UpstreamConnection lent = connection;
    connection = null;
    if (lent != null) {
      Transport.reset(lent.channel());
      lent.discard();
    }
  }

  /** The connection becomes one end of a tunnel, which owns it from now on. */
  void becomeTunnel(DownstreamHandler downstream, Tunnel.Closed closed) {
    UpstreamConnection lent = connection;
    UpstreamHandler from = handler;
    connection = null;
    handler = null;
    if (lent != null && from != null) {
      from.end();
      Tunnel.open(downstream, from, lent, closed);
    }
  }
}
