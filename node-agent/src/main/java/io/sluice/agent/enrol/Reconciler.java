package io.sluice.agent.enrol;

import io.sluice.agent.enrol.Enroller.Attempt;
import io.sluice.agent.view.PodStatus;
import io.sluice.mesh.workload.MeshPod;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Makes the machine as it is wanted, pod by pod. One thread at a time; {@link #states} may be read
 * by any.
 */
final class Reconciler {

  private static final Logger LOG = System.getLogger(Reconciler.class.getName());

  private final Enroller enroller;
  private final EnrolSettings settings;
  private final LongSupplier nanoTime;
  private final BiConsumer<String, List<InetAddress>> addresses;
  private final BiConsumer<String, EnrolledPod> drainer;
  private final Runnable wishRescan;
  private final Consumer<List<Runnable>> together;
  private final Map<String, PodState> states = new HashMap<>();
  private volatile Map<String, PodState> published = Map.of();

  /**
   * @param addresses told the addresses of each pod that was enrolled
   * @param drainer lets a pod's connections end without blocking, then nudges the enrolment through
   *     {@link #drained}
   * @param together runs all of these, perhaps several at a time, and returns after the last one;
   *     none of them throws
   */
  Reconciler(
      Enroller enroller,
      EnrolSettings settings,
      LongSupplier nanoTime,
      BiConsumer<String, List<InetAddress>> addresses,
      BiConsumer<String, EnrolledPod> drainer,
      Runnable wishRescan,
      Consumer<List<Runnable>> together) {
    this.enroller = enroller;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.addresses = addresses;
    this.drainer = drainer;
    this.wishRescan = wishRescan;
    this.together = together;
  }

  /** The one reconcile: compares all that is wanted with all that is. */
  void reconcile(Map<String, MeshPod> wanted) {
    // Those that go come first: a reused address or namespace must be free for its next owner.
    TreeSet<String> going = new TreeSet<>(states.keySet());
    going.removeAll(wanted.keySet());
    Work work = new Work();
    going.forEach(uid -> settle(uid, Optional.empty(), work));
    new TreeMap<>(wanted).forEach((uid, pod) -> settle(uid, Optional.of(pod), work));
    List<String> cut = List.copyOf(work.cuts.keySet());
    together.accept(List.copyOf(work.cuts.values()));
    work.cuts.clear();
    cut.forEach(uid -> settle(uid, Optional.ofNullable(wanted.get(uid)), work));
    enrolAll(work.coming);
    publish();
  }

  /**
   * What takes the kernel a while, gathered so that several pods share one wait: those that are to
   * be ended at once, then those that are to be enrolled. By uid.
   */
  private static final class Work {
    private final Map<String, Runnable> cuts = new TreeMap<>();
    private final Map<String, MeshPod> coming = new TreeMap<>();
  }

  /** The states after the last change; any thread. */
  Map<String, PodState> states() {
    return published;
  }

  /** The pods that take part. */
  List<PodState.Enrolled> enrolled() {
    List<PodState.Enrolled> enrolled = new ArrayList<>();
    for (PodState state : states.values()) {
      if (state instanceof PodState.Enrolled each) {
        enrolled.add(each);
      }
    }
    return enrolled;
  }

  /** Looks at listening ports and at connections from before the enrolment. */
  void rescan() {
    states.replaceAll(
        (uid, state) -> state instanceof PodState.Enrolled enrolled ? rescan(enrolled) : state);
    publish();
  }

  /** A pod whose connections have ended, or their time has. */
  record Drained(String uid, EnrolledPod pod) {}

  /** Closes pods, unless they have come back in the meantime. */
  void drained(List<Drained> ended) {
    List<Runnable> ends = new ArrayList<>();
    for (Drained each : ended) {
      if (states.get(each.uid()) instanceof PodState.Draining draining
          && draining.pod().equals(each.pod())) {
        ends.add(() -> close(draining.as(), draining.pod()));
        states.remove(each.uid());
      }
    }
    together.accept(ends);
    publish();
  }

  /** No pod takes in new connections; the open ones are drained. */
  void drainAll() {
    for (PodState.Enrolled each : enrolled()) {
      each.pod().stopSteering();
    }
    states.replaceAll(
        (uid, state) -> state instanceof PodState.Enrolled each ? startDrain(uid, each) : state);
    states.values().removeIf(state -> !(state instanceof PodState.Draining));
    publish();
  }

  /** Ends what is left. */
  void closeAll() {
    List<Runnable> ends = new ArrayList<>();
    for (PodState state : states.values()) {
      switch (state) {
        case PodState.Enrolled enrolled -> ends.add(() -> close(enrolled.as(), enrolled.pod()));
        case PodState.Draining draining -> ends.add(() -> close(draining.as(), draining.pod()));
        case PodState.Waiting waiting -> {}
        case PodState.Failed failed -> {}
      }
    }
    together.accept(ends);
    states.clear();
    publish();
  }

  /** One pod's trouble must not keep the others from what is due to them. */
  private void settle(String uid, Optional<MeshPod> wanted, Work work) {
    try {
      takeStep(uid, wanted, work);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "pod " + uid + " is left as it is until the next tick", e);
    }
  }

  private void takeStep(String uid, Optional<MeshPod> wanted, Work work) {
    PodState state = states.getOrDefault(uid, new PodState.Waiting("not tried yet"));
    Step step = Step.next(wanted, state, enroller::namespaceAt, nanoTime.getAsLong());
    switch (step) {
      case Step.Rest rest -> {}
      case Step.Forget forget -> states.remove(uid);
      case Step.Await await ->
          states.put(uid, new PodState.Waiting(enroller.absence(await.pod().netnsPath())));
      case Step.Enrol enrol -> work.coming.put(uid, enrol.pod());
      case Step.Update update -> update(uid, update.pod(), (PodState.Enrolled) state);
      case Step.Drain drain -> {
        PodState.Enrolled enrolled = (PodState.Enrolled) state;
        enrolled.pod().stopSteering();
        states.put(uid, startDrain(uid, enrolled));
      }
      case Step.Cut cut -> work.cuts.put(uid, cut(uid, state, cut.why()));
    }
    publish();
  }

  /**
   * The kernel waits a while for itself whenever a pod is enrolled; several of them share one wait.
   */
  private void enrolAll(Map<String, MeshPod> coming) {
    Map<String, PodState> results = new ConcurrentHashMap<>();
    List<Runnable> attempts = new ArrayList<>();
    coming.forEach((uid, pod) -> {
      PodState before = states.getOrDefault(uid, new PodState.Waiting("not tried yet"));
      attempts.add(() -> results.put(uid, enrol(pod, before)));
    });
    together.accept(attempts);
    states.putAll(results);
    results.forEach((uid, state) -> {
      if (state instanceof PodState.Enrolled enrolled) {
        addresses.accept(uid, enrolled.pod().addresses());
      }
    });
  }

  private PodState enrol(MeshPod pod, PodState before) {
    try {
      return switch (enroller.enrol(pod, wishRescan)) {
        case Attempt.Taken taken -> {
          LOG.log(Level.INFO, name(pod) + " is enrolled, addresses " + taken.pod().addresses());
          yield new PodState.Enrolled(pod, taken.pod(), older(pod, taken.pod()));
        }
        case Attempt.Refused refused -> failed(pod, refused.reason(), before);
      };
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "enrolment of " + name(pod), e);
      return failed(pod, e.getMessage() == null ? e.toString() : e.getMessage(), before);
    }
  }

  /** Only for people: that it can't be read must not cost the pod its enrolment. */
  private static PodStatus.Older older(MeshPod as, EnrolledPod pod) {
    try {
      return pod.older();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, name(as) + ": its older connections are unknown: " + e.getMessage());
      return PodStatus.Older.NONE;
    }
  }

  private PodState failed(MeshPod pod, String reason, PodState before) {
    boolean again = before instanceof PodState.Failed;
    int failures = before instanceof PodState.Failed failed ? failed.failures() + 1 : 1;
    boolean news = !(before instanceof PodState.Failed failed && failed.reason().equals(reason));
    if (news) {
      LOG.log(
          Level.WARNING, name(pod) + " is not enrolled" + (again ? " still" : "") + ": " + reason);
    }
    return new PodState.Failed(
        reason, failures, nanoTime.getAsLong() + settings.retryAfter(failures).toNanos());
  }

  private void update(String uid, MeshPod changed, PodState.Enrolled before) {
    try {
      List<InetAddress> had = before.pod().addresses();
      before.pod().update(changed);
      List<InetAddress> has = before.pod().addresses();
      states.put(uid, new PodState.Enrolled(changed, before.pod(), before.older()));
      // The source repeats a pod whose addresses it was told: that is no news to anybody.
      if (!has.equals(had)) {
        addresses.accept(uid, has);
      }
      if (!has.equals(had) || !changed.workload().equals(before.as().workload())) {
        LOG.log(Level.INFO, name(changed) + " has changed, addresses " + has);
      }
    } catch (RuntimeException e) {
      // It stays as it was and is wanted otherwise: the next reconcile tries again.
      LOG.log(Level.WARNING, name(changed) + " could not be changed: " + e.getMessage());
    }
  }

  private PodState startDrain(String uid, PodState.Enrolled enrolled) {
    LOG.log(
        Level.INFO,
        name(enrolled.as())
            + " is let go of, "
            + enrolled.pod().connections()
            + " connections open");
    drainer.accept(uid, enrolled.pod());
    return new PodState.Draining(enrolled.as(), enrolled.pod());
  }

  /** Returns what ends it; that does not throw. */
  private Runnable cut(String uid, PodState state, String why) {
    states.put(uid, new PodState.Waiting(why));
    return switch (state) {
      case PodState.Enrolled enrolled -> {
        LOG.log(Level.INFO, name(enrolled.as()) + " is let go of at once: " + why);
        yield () -> close(enrolled.as(), enrolled.pod());
      }
      case PodState.Draining draining -> () -> close(draining.as(), draining.pod());
      case PodState.Waiting waiting -> () -> {};
      case PodState.Failed failed -> () -> {};
    };
  }

  private PodState rescan(PodState.Enrolled enrolled) {
    try {
      List<InetAddress> before = enrolled.pod().addresses();
      enrolled.pod().rescan();
      if (!enrolled.pod().addresses().equals(before)) {
        addresses.accept(enrolled.as().uid(), enrolled.pod().addresses());
      }
      PodStatus.Older older =
          enrolled.older().count() == 0 ? enrolled.older() : enrolled.pod().older();
      return new PodState.Enrolled(enrolled.as(), enrolled.pod(), older);
    } catch (RuntimeException e) {
      LOG.log(
          Level.WARNING,
          name(enrolled.as()) + ": listening ports can't be looked at: " + e.getMessage());
      return enrolled;
    }
  }

  private static void close(MeshPod as, EnrolledPod pod) {
    try {
      pod.close();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, name(as) + " could not be let go of in full: " + e.getMessage(), e);
    }
  }

  private void publish() {
    published = Map.copyOf(states);
  }

  private static String name(MeshPod pod) {
    return pod.workload().namespace() + "/" + pod.workload().podName();
  }
}
