package io.sluice.proxy.upstream;

import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/** Lends upstream connections. */
public interface Upstreams {
  /**
   * Picks an endpoint, takes an idle connection or dials a new one.
   *
   * @param loop the caller's event loop; the connection lives on it
   * @param then called once, on {@code loop}, possibly before this method returns
   * @return cancels the wish: {@code then} is not called afterwards and a connection that arrives
   *     is pooled or closed
   */
  Cancellation acquire(UpstreamTarget target, EventLoop loop, Consumer<Acquired> then);

  /** Ends a wish that is no longer there. Idempotent, on the event loop. */
  @FunctionalInterface
  interface Cancellation {
    void cancel();
  }
}
