package io.sluice.agent.enrol;

import io.sluice.agent.view.PodStatus;
import io.sluice.mesh.workload.MeshPod;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * A pod that takes part. One thread at a time, {@code sluice-enrol} or a worker of it, except where
 * said otherwise.
 */
public interface EnrolledPod extends AutoCloseable {
  /** The inode of its network namespace. */
  long namespace();

  /** All addresses that are steered. */
  List<InetAddress> addresses();

  /** The proxy's listeners in it. */
  List<PodStatus.Listener> listeners();

  /** Open connections that the proxy took in. Any thread. */
  int connections();

  /**
   * Connections from before the enrolment that are still there. Reads the namespace's socket
   * tables.
   */
  PodStatus.Older older();

  /** The same pod with other labels or addresses; connections go on. */
  void update(MeshPod changed);

  /** Looks again at which ports the pod's apps listen on. */
  void rescan();

  /**
   * New connections go their own way from now on; the open ones go on, and keep their addresses.
   * Idempotent.
   */
  void stopSteering();

  /**
   * Blocks until the open connections have ended, at most so long. Any thread; returns early when
   * the pod is closed.
   */
  void drain(Duration limit);

  /** Ends all at once, with resets; nothing holds the namespace afterwards. Idempotent. */
  @Override
  void close();
}
