package io.sluice.proxy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.sluice.mesh.RouteTables;
import io.sluice.proxy.doors.LocalPods;
import io.sluice.proxy.doors.OriginalDestinations;
import io.sluice.proxy.doors.OwnSockets;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.telemetry.MeshTelemetry;
import io.sluice.proxy.upstream.DnsFigures;
import io.sluice.proxy.upstream.PooledUpstreams;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The proxy of one node: its event loops, and the pods whose connections run on them. Any thread
 * but event loops.
 *
 * <pre>
 *   Proxy.start --> open(pod) --> PodProxy: listeners() to steer to
 *                                 drain(limit), close()
 *   close: what is left of all pods is reset, the event loops end
 * </pre>
 */
public final class Proxy implements AutoCloseable {
  /** A pod's listener could not be opened. */
  public static final class NotOpenedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotOpenedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private static final long SHUTDOWN_SECONDS_MAX = 5;

  private final EventLoopGroup loops;
  private final PooledUpstreams upstreams;
  private final PodListeners.Opener opener;
  private final Set<PodListeners> open = ConcurrentHashMap.newKeySet();

  private Proxy(EventLoopGroup loops, PooledUpstreams upstreams, PodListeners.Opener opener) {
    this.loops = loops;
    this.upstreams = upstreams;
    this.opener = opener;
  }

  /**
   * Starts the event loops; nothing is accepted yet.
   *
   * @param pods those that are steered to the listeners of {@link #open}
   * @throws IllegalStateException when the transport can't be used on this machine
   */
  public static Proxy start(
      ProxySettings settings,
      RouteTables tables,
      OriginalDestinations originals,
      OwnSockets own,
      LocalPods pods,
      MeshTelemetry telemetry) {
    settings
        .transport()
        .unavailable()
        .ifPresent(why -> {
          throw new IllegalStateException(why);
        });
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            settings.eventLoops(), threads(), settings.transport().newIoHandlerFactory());
    PooledUpstreams upstreams =
        new PooledUpstreams(
            settings.upstream(),
            loops,
            own,
            new StraightDials(tables, pods, telemetry),
            SplittableRandom::new);
    ProxyPipeline pipeline =
        new ProxyPipeline(
            settings,
            tables,
            originals,
            telemetry,
            upstreams,
            System::nanoTime,
            ThreadLocalRandom::current);
    return new Proxy(
        loops, upstreams, new PodListeners.Opener(settings, loops, own, upstreams, pipeline));
  }

  /** The event loops, for whoever measures how late they come to what is due. Any thread. */
  public Iterable<EventExecutor> eventLoops() {
    return loops;
  }

  /** What was counted of DNS since the start. Any thread. */
  public DnsFigures dns() {
    return upstreams.dns();
  }

  /**
   * Opens the pod's listeners. Blocks for the time of a few system calls.
   *
   * @param ip6 whether the pod has a global IPv6 address: only then are its IPv6 connections taken
   * @throws NotOpenedException when a listener can't be opened; none is left open then
   */
  public PodProxy open(PodContext pod, boolean ip6) {
    PodListeners listeners = opener.open(pod, ip6, open::remove);
    open.add(listeners);
    return listeners;
  }

  /**
   * Opens an ordinary listener in the agent's own namespace. What comes there is HTTP as if the pod
   * had sent it, without a redirect. Blocks for the time of a few system calls.
   *
   * @param pod makes sockets where its upstreams can be reached; nothing is steered
   * @throws NotOpenedException when it can't be opened
   */
  public PodProxy openPlain(PodContext pod, PlainAddress address) {
    PodListeners listeners = opener.openPlain(pod, address, open::remove);
    open.add(listeners);
    return listeners;
  }

  /** Resets everything that is left, of all pods, and ends the event loops. Idempotent. */
  @Override
  public void close() {
    open.forEach(PodListeners::close);
    upstreams.close();
    loops
        .shutdownGracefully(0, SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS)
        .awaitUninterruptibly(SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS);
  }

  private static ThreadFactory threads() {
    AtomicInteger number = new AtomicInteger();
    return new DefaultThreadFactory("sluice-io", true) {
      @Override
      protected Thread newThread(Runnable body, String name) {
        return super.newThread(body, "sluice-io-" + number.getAndIncrement());
      }
    };
  }
}
