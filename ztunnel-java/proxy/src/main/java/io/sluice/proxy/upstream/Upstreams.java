package io.sluice.proxy.upstream;

import io.netty.channel.EventLoop;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.PodContext;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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

  /**
   * Finds the name behind an address, as the pod sees names: which of the hosts does DNS give the
   * address for? For services that are known by name only.
   *
   * @param address IPv4, also where it is written as IPv6, or IPv6
   * @param hosts in order: the first that has the address wins. Few: those after {@link
   *     DnsSettings.Whose#hostsMax} are passed over
   * @param loop the caller's event loop
   * @param then called once, on {@code loop}: before this method returns if the hosts are known,
   *     and after {@link DnsSettings.Whose#waitMax} at the latest, when those that are not known by
   *     then are passed over; empty: none of them, or DNS does not say
   */
  void whose(
      PodContext pod,
      InetAddress address,
      List<String> hosts,
      EventLoop loop,
      Consumer<Optional<String>> then);

  /**
   * The intercepted connection has ended: what is kept idle for it alone is closed (inbound, where
   * a connection shows one client to the app). To be called for each inbound HTTP connection; does
   * nothing for outbound ones. On {@code loop} only.
   *
   * @param loop the connection's event loop
   */
  void downstreamClosed(InterceptedConnection connection, EventLoop loop);

  /**
   * The pod is let go of: each of its upstream sockets, lent or idle, on every loop, is closed with
   * a reset, and each wish that is still open fails with {@code PodGone}. Any thread.
   *
   * @return done when no socket is left; whoever acquires for the pod afterwards gets {@code
   *     PodGone}
   */
  CompletableFuture<Void> closePod(PodContext pod);

  /** Ends a wish that is no longer there. Idempotent, on the event loop. */
  @FunctionalInterface
  interface Cancellation {
    void cancel();
  }
}
