package io.sluice.agent.enrol;

import io.sluice.mesh.workload.MeshPod;
import io.sluice.mesh.workload.PodEvent;
import io.sluice.mesh.workload.PodEvents;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Folds messages into the pods that are wanted, as they come. It needs no queue, so a slow
 * enrolment never blocks the source, and its size is bounded by the number of pods.
 *
 * <p>Any thread; the lock is held for a map operation.
 */
final class Inbox implements PodEvents {

  private static final Logger LOG = System.getLogger(Inbox.class.getName());

  /**
   * More pods than a node runs (Kubernetes' default limit is 110), and as many as the datapath has
   * room for. Those beyond it are shown and wait until another one goes.
   */
  static final int PODS_MAX = 1024;

  /** So many wait; of further ones the log tells, and they come with the source's next change. */
  static final int WAITING_MAX = 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, MeshPod> wanted = new LinkedHashMap<>();
  private final Map<String, MeshPod> waiting = new LinkedHashMap<>();
  private final Set<String> named = new HashSet<>();
  private boolean turnedAway;
  private boolean news;

  @Override
  public void accept(PodEvent event) {
    lock.lock();
    try {
      fold(event);
      news = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void fold(PodEvent event) {
    switch (event) {
      case PodEvent.Add add -> {
        named.add(add.pod().uid());
        add(add.pod());
      }
      case PodEvent.Keep keep -> named.add(keep.uid());
      case PodEvent.Remove remove -> {
        named.remove(remove.uid());
        wanted.remove(remove.uid());
        waiting.remove(remove.uid());
        fillUp();
      }
      case PodEvent.SnapshotDone done -> {
        wanted.keySet().retainAll(named);
        waiting.keySet().retainAll(named);
        named.clear();
        fillUp();
      }
    }
  }

  private void add(MeshPod pod) {
    if (wanted.size() < PODS_MAX || wanted.containsKey(pod.uid())) {
      wanted.put(pod.uid(), pod);
    } else if (waiting.size() < WAITING_MAX || waiting.containsKey(pod.uid())) {
      waiting.put(pod.uid(), pod);
    } else if (!turnedAway) {
      turnedAway = true;
      LOG.log(
          Level.WARNING,
          "pod " + pod.uid() + " is not enrolled: " + PODS_MAX + " pods are the limit of a node");
    }
  }

  private void fillUp() {
    Iterator<MeshPod> next = waiting.values().iterator();
    while (wanted.size() < PODS_MAX && next.hasNext()) {
      MeshPod pod = next.next();
      next.remove();
      wanted.put(pod.uid(), pod);
    }
  }

  /** The pods that should take part, by uid; a copy. */
  Map<String, MeshPod> wanted() {
    lock.lock();
    try {
      return new HashMap<>(wanted);
    } finally {
      lock.unlock();
    }
  }

  /** The pods for which there is no room; a copy. */
  List<MeshPod> waiting() {
    lock.lock();
    try {
      return List.copyOf(waiting.values());
    } finally {
      lock.unlock();
    }
  }

  /** Makes {@link #await} return: there is something to look at that is no message. */
  void nudge() {
    lock.lock();
    try {
      news = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a message or a nudge since the last call, at most so long. */
  void await(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (!news && left > 0) {
        left = changed.awaitNanos(left);
      }
      news = false;
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #await(long)}. */
  void await(long time, TimeUnit unit) throws InterruptedException {
    await(unit.toNanos(time));
  }
}
