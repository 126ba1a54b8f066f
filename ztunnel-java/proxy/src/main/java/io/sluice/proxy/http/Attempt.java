package io.sluice.proxy.http;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
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
  boolean open(HttpMethod method, HttpLimits limits) {
    UpstreamConnection lent = connection;
    if (lent == null) {
      return false;
    }
    UpstreamHandler opened = UpstreamHandler.of(lent.channel(), limits);
    opened.begin(exchange, method);
    handler = opened;
    return lent.channel().isActive();
  }

  /** Takes the part over. */
  void write(HttpObject part) {
    UpstreamHandler to = handler;
    if (to != null) {
      to.write(part);
    } else if (part instanceof HttpContent content) {
      content.release();
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
