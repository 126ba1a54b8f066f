package io.sluice.agent.enrol;

import io.sluice.mesh.workload.MeshPod;
import io.sluice.mesh.workload.PodEvent;
import io.sluice.mesh.workload.PodEvents;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
   * More pods than a node runs (Kubernetes' default limit is 110). Those beyond it are not
   * enrolled, and counted.
   */
  static final int PODS_MAX = 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, MeshPod> wanted = new LinkedHashMap<>();
  private final Set<String> named = new HashSet<>();
  private long beyondLimit;
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
        if (wanted.size() >= PODS_MAX && !wanted.containsKey(add.pod().uid())) {
          turnAway(add.pod());
          return;
        }
        named.add(add.pod().uid());
        wanted.put(add.pod().uid(), add.pod());
      }
      case PodEvent.Keep keep -> named.add(keep.uid());
      case PodEvent.Remove remove -> {
        named.remove(remove.uid());
        wanted.remove(remove.uid());
      }
      case PodEvent.SnapshotDone done -> {
        wanted.keySet().retainAll(named);
        named.clear();
      }
    }
  }

  private void turnAway(MeshPod pod) {
    if (beyondLimit++ == 0) {
      LOG.log(
          Level.WARNING,
          "pod " + pod.uid() + " is not enrolled: " + PODS_MAX + " pods are the limit of a node");
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

  /** How many pods were turned away by {@link #PODS_MAX} so far. */
  long beyondLimit() {
    lock.lock();
    try {
      return beyondLimit;
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
