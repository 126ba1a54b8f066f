package io.sluice.agent.enrol;

import io.sluice.agent.enrol.Reconciler.Drained;
import io.sluice.agent.view.PodStatus;
import io.sluice.mesh.workload.MeshPod;
import io.sluice.mesh.workload.PodEvents;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * The enrolment of this node's pods: its inbox, its thread {@code sluice-enrol}, and what it shows.
 */
public final class Enrolment implements AutoCloseable {

  private static final Logger LOG = System.getLogger(Enrolment.class.getName());

  /** How much longer than the drain a stop may take. */
  private static final Duration STOP_MARGIN = Duration.ofSeconds(10);

  /** Pods that are enrolled or closed at the same time; most of it is waiting for the kernel. */
  private static final int WORKERS = 8;

  private final Inbox inbox = new Inbox();
  private final EnrolSettings settings;
  private final Reconciler reconciler;
  private final Thread thread;

  /**
   * Its queue is as long as there are pods at most: {@code sluice-enrol} waits until it is done.
   */
  private final ExecutorService workers;

  /** At most one entry a pod that drains. */
  private final Queue<Drained> drained = new ConcurrentLinkedQueue<>();

  // Both are set before the thread starts.
  private BiConsumer<String, List<InetAddress>> onAddresses = (uid, addresses) -> {};
  private Optional<NamespaceWatch> watch = Optional.empty();

  private volatile boolean stopping;
  private volatile boolean rescanWished;

  /** Makes ready; nothing runs and nothing is open before {@link #start}. */
  public Enrolment(Enroller enroller, EnrolSettings settings) {
    this.settings = settings;
    this.reconciler =
        new Reconciler(
            enroller,
            settings,
            System::nanoTime,
            this::tellAddresses,
            this::startDrain,
            this::wishRescan,
            this::together);
    this.workers =
        Executors.newFixedThreadPool(
            WORKERS, Thread.ofPlatform().name("sluice-enrol-", 0).daemon().factory());
    this.thread = Thread.ofPlatform().name("sluice-enrol").unstarted(this::run);
  }

  /**
   * Starts the thread.
   *
   * @param addresses told on {@code sluice-enrol} which addresses an enrolled pod has; must not
   *     block
   * @throws IOException when the machine gives no inotify instance
   */
  public void start(BiConsumer<String, List<InetAddress>> addresses) throws IOException {
    onAddresses = addresses;
    watch = Optional.of(new NamespaceWatch(inbox::nudge));
    thread.start();
  }

  private void tellAddresses(String uid, List<InetAddress> addresses) {
    onAddresses.accept(uid, addresses);
  }

  /** Where the source of pods sends its messages. Any thread; never blocks. */
  public PodEvents events() {
    return inbox;
  }

  /** All pods that are wanted or still here, sorted by namespace and name. Any thread. */
  public List<PodStatus> pods() {
    return Stream.concat(
            StatusOfPods.of(inbox.wanted(), reconciler.states()).stream(),
            inbox.waiting().stream().map(StatusOfPods::withoutRoom))
        .sorted(Comparator.comparing(PodStatus::namespace).thenComparing(PodStatus::name))
        .toList();
  }

  /**
   * Lets go of all pods: no new connections are taken in, the open ones may end within the drain's
   * limit, then everything is closed. Blocks for that long at most, and a little.
   */
  @Override
  public void close() {
    stopping = true;
    inbox.nudge();
    try {
      Duration limit = settings.drain().plus(STOP_MARGIN);
      if (thread.getState() != Thread.State.NEW && !thread.join(limit)) {
        LOG.log(
            Level.WARNING,
            "pods are not let go of within "
                + limit.toSeconds()
                + " s: what is left of them ends with the process");
      }
      workers.shutdown();
      if (watch.isPresent()) {
        watch.get().close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing the watch", e);
    }
  }

  /**
   * A pod's app may not listen where it did: look within a tick. On event loops, so it only stores.
   */
  private void wishRescan() {
    rescanWished = true;
  }

  private void run() {
    long lastRescan = System.nanoTime();
    try {
      while (!stopping) {
        round();
        // A wish is granted once a tick at most: whoever makes dials fail must not keep this thread
        // busy.
        Duration wait = rescanWished ? settings.tick() : settings.rescan();
        if (System.nanoTime() - lastRescan >= wait.toNanos()) {
          rescanWished = false;
          reconciler.rescan();
          lastRescan = System.nanoTime();
        }
        inbox.await(settings.tick().toNanos());
      }
      drain();
    } catch (InterruptedException e) {
      LOG.log(Level.DEBUG, "interrupted");
    } finally {
      reconciler.closeAll();
    }
  }

  private void round() {
    try {
      finishDrains();
      Map<String, MeshPod> wanted = inbox.wanted();
      watch.ifPresent(
          each -> each.follow(wanted.values().stream().map(MeshPod::netnsPath).toList()));
      reconciler.reconcile(wanted);
    } catch (RuntimeException e) {
      // One pod's trouble is caught where it arises. Whatever gets here must not end the thread
      // that all pods depend on.
      LOG.log(Level.ERROR, "reconcile failed, goes on at the next tick", e);
    }
  }

  private void drain() throws InterruptedException {
    reconciler.drainAll();
    long end = System.nanoTime() + settings.drain().toNanos();
    while (!reconciler.states().isEmpty() && System.nanoTime() - end < 0) {
      inbox.await(Math.min(settings.tick().toNanos(), Math.max(1, end - System.nanoTime())));
      finishDrains();
    }
  }

  private void finishDrains() {
    List<Drained> ended = new ArrayList<>();
    for (Drained done = drained.poll(); done != null; done = drained.poll()) {
      ended.add(done);
    }
    reconciler.drained(ended);
  }

  /** Runs all and returns after the last one; what one throws is logged. */
  private void together(List<Runnable> tasks) {
    if (tasks.size() == 1) {
      tasks.getFirst().run();
      return;
    }
    List<Future<?>> running = new ArrayList<>();
    tasks.forEach(task -> running.add(workers.submit(task)));
    running.forEach(Enrolment::await);
  }

  /** Uninterrupted: half a pod is nobody's. */
  private static void await(Future<?> task) {
    boolean interrupted = false;
    while (true) {
      try {
        task.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        LOG.log(Level.ERROR, "one pod's enrolment or end failed", e.getCause());
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void startDrain(String uid, EnrolledPod pod) {
    Thread.ofVirtual()
        .name("sluice-drain")
        .start(() -> {
          try {
            pod.drain(settings.drain());
          } finally {
            drained.add(new Drained(uid, pod));
            inbox.nudge();
          }
        });
  }
}
