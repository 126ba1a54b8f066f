package io.sluice.proxy.upstream;

import io.netty.channel.EventLoop;
import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.doors.OwnSockets;
import io.sluice.proxy.doors.PodSockets;
import io.sluice.proxy.intercept.PodContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The names of each pod that has asked for one, and the rereading of its files. */
final class NamesOfPods {
  private static final Logger LOG = System.getLogger(NamesOfPods.class.getName());

  private final UpstreamSettings settings;
  private final OwnSockets own;
  private final List<EventLoop> loops;
  private final ScheduledExecutorService files;
  private final DnsCounts counts = new DnsCounts();
  private final Map<PodContext, Entry> pods = new ConcurrentHashMap<>();
  private final AtomicInteger nextHome = new AtomicInteger();

  private record Entry(PodNames names, Future<?> reading) {}

  /**
   * Not to be called on an event loop.
   *
   * @param files reads files: one task a pod, which may hang as long as its file system does
   */
  NamesOfPods(
      UpstreamSettings settings,
      OwnSockets own,
      List<EventLoop> loops,
      ScheduledExecutorService files) {
    this.settings = settings;
    this.own = own;
    this.loops = List.copyOf(loops);
    this.files = files;
    DnsClient.loadClasses(loops.getFirst(), nobody(), own);
  }

  private static PodContext nobody() {
    PodSockets noSockets =
        new PodSockets() {
          @Override
          public <C> C open(java.util.function.Supplier<C> constructor) {
            throw new PodGoneException("nobody");
          }
        };
    return new PodContext("nobody", new Workload("", "", "", Map.of(), "", ""), noSockets);
  }

  /** Those of a pod; any loop, and no call for it may come after {@link #close}. */
  PodNames of(PodContext pod) {
    Entry known = pods.get(pod);
    return known != null ? known.names() : pods.computeIfAbsent(pod, this::begin).names();
  }

  private Entry begin(PodContext pod) {
    EventLoop home = loops.get(Math.floorMod(nextHome.getAndIncrement(), loops.size()));
    DnsClient dns = new DnsClient(home, pod, settings.transport(), own, settings.dns());
    PodNames names = new PodNames(pod.uid(), home, settings.dns(), dns, counts);
    PodView.Reader reader = new PodView.Reader(pod, settings.dns().queryTimeout());
    long everyNanos = settings.dns().filesCheckedEvery().toNanos();
    Future<?> reading =
        files.scheduleWithFixedDelay(
            () -> read(pod, reader, names), 0, everyNanos, TimeUnit.NANOSECONDS);
    return new Entry(names, reading);
  }

  private void read(PodContext pod, PodView.Reader reader, PodNames names) {
    try {
      reader
          .changed()
          .map(this::withServers)
          .ifPresent(view -> names.home().execute(() -> names.view(view)));
    } catch (RejectedExecutionException e) {
      // The proxy ends.
    } catch (RuntimeException e) {
      // Thrown on, it would make this reading the last.
      LOG.log(
          Level.WARNING,
          "pod " + pod.uid() + ": its resolv.conf and hosts file are tried again soon: " + e);
    }
  }

  private PodView withServers(PodView view) {
    return settings.dns().servers().isEmpty()
        ? view
        : new PodView(view.conf().withServers(settings.dns().servers()), view.hosts());
  }

  /** Forgets a pod; done when none of its sockets is left. */
  CompletableFuture<Void> close(PodContext pod) {
    Entry entry = pods.remove(pod);
    if (entry == null) {
      return CompletableFuture.completedFuture(null);
    }
    entry.reading().cancel(false);
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      entry
          .names()
          .home()
          .execute(() -> entry.names().close().addListener(closed -> done.complete(null)));
    } catch (RejectedExecutionException e) {
      // The loop has ended, and closed its channels.
      done.complete(null);
    }
    return done;
  }

  CompletableFuture<Void> close() {
    return CompletableFuture.allOf(
        List.copyOf(pods.keySet()).stream().map(this::close).toArray(CompletableFuture<?>[]::new));
  }

  DnsFigures figures() {
    return counts.figures();
  }
}
