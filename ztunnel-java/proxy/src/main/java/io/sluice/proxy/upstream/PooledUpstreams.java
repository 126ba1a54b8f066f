package io.sluice.proxy.upstream;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import io.sluice.proxy.doors.OwnSockets;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.PodContext;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The upstreams of one proxy: one {@link LoopUpstreams} per event loop, which share nothing but
 * what is known of each pod's names.
 */
public final class PooledUpstreams implements Upstreams, AutoCloseable {
  private final Map<EventLoop, LoopUpstreams> loops = new IdentityHashMap<>();
  private final NamesOfPods names;

  /** A pod whose file system hangs (FUSE, NFS) holds one of them; TLS contexts have another. */
  private static final int FILES_THREADS = 4;

  // What waits in its queue is one task per loop and TLS context.
  private final ExecutorService background =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("sluice-upstream").factory());

  // What waits in its queue is one task per pod.
  private final ScheduledThreadPoolExecutor files =
      new ScheduledThreadPoolExecutor(
          FILES_THREADS, Thread.ofPlatform().daemon().name("sluice-files-", 0).factory());

  /**
   * Reads files, so not to be called on an event loop.
   *
   * @param group must run on the transport of the settings; all its loops must exist
   * @param randoms called once per event loop
   */
  public PooledUpstreams(
      UpstreamSettings settings,
      EventLoopGroup group,
      OwnSockets own,
      StraightWay straightWay,
      Supplier<? extends RandomGenerator> randoms) {
    files.setRemoveOnCancelPolicy(true);
    TlsContexts contexts = new TlsContexts(settings.tls(), background);
    List<EventLoop> all = new ArrayList<>();
    for (EventExecutor executor : group) {
      all.add((EventLoop) executor);
    }
    names = new NamesOfPods(settings, own, all, files);
    for (EventLoop loop : all) {
      LoopTls tls = new LoopTls(loop, contexts);
      loops.put(
          loop, new LoopUpstreams(loop, settings, own, straightWay, names, tls, randoms.get()));
    }
  }

  @Override
  public Cancellation acquire(UpstreamTarget target, EventLoop loop, Consumer<Acquired> then) {
    return of(loop).acquire(target, then);
  }

  @Override
  public void whose(
      PodContext pod,
      InetAddress address,
      List<String> hosts,
      EventLoop loop,
      Consumer<Optional<String>> then) {
    of(loop).whose(pod, address, hosts, then);
  }

  @Override
  public void downstreamClosed(InterceptedConnection connection, EventLoop loop) {
    of(loop).downstreamClosed(connection);
  }

  @Override
  public CompletableFuture<Void> closePod(PodContext pod) {
    // After that no loop asks for a name of it any more.
    return onEachLoop((loop, done) -> loop.closePod(pod, done))
        .thenCompose(closed -> names.close(pod));
  }

  /**
   * Resets every upstream connection of every pod; blocks until that is done, so never on a loop.
   */
  @Override
  public void close() {
    onEachLoop(LoopUpstreams::close).thenCompose(closed -> names.close()).join();
    background.shutdownNow();
    files.shutdownNow();
  }

  /** What was counted of DNS. Any thread. */
  public DnsFigures dns() {
    return names.figures();
  }

  LoopUpstreams of(EventLoop loop) {
    LoopUpstreams state = loops.get(loop);
    if (state == null) {
      throw new IllegalArgumentException("loop: " + loop + " (expected: one of the proxy's)");
    }
    return state;
  }

  private CompletableFuture<Void> onEachLoop(BiConsumer<LoopUpstreams, Promise<Void>> action) {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (LoopUpstreams loop : loops.values()) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      all.add(done);
      Promise<Void> promise = loop.eventLoop().newPromise();
      promise.addListener(ended -> done.complete(null));
      try {
        loop.eventLoop().execute(() -> action.accept(loop, promise));
      } catch (RejectedExecutionException e) {
        // The loop has ended, and closed its channels.
        done.complete(null);
      }
    }
    return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
  }
}
