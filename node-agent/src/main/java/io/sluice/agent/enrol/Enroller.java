package io.sluice.agent.enrol;

import io.sluice.mesh.workload.MeshPod;
import java.util.OptionalLong;

/**
 * Enrols one pod. Called on {@code sluice-enrol} and its workers, for several pods at once; may
 * block for milliseconds.
 */
public interface Enroller {
  /**
   * Takes the pod in. When it can't, nothing of the attempt is left.
   *
   * @param wishRescan an app of the pod does not listen where it did; called on event loops, does
   *     not block
   * @throws RuntimeException when the machine refuses; the message is shown as the pod's state, and
   *     it is tried again
   */
  Attempt enrol(MeshPod pod, Runnable wishRescan);

  /** The inode of the network namespace that the path leads to now; empty when it leads to none. */
  OptionalLong namespaceAt(String netnsPath);

  /** Why {@link #namespaceAt} finds none, for people. */
  String absence(String netnsPath);

  /** How it went. */
  sealed interface Attempt {
    /** The pod's connections are steered from now on. */
    record Taken(EnrolledPod pod) implements Attempt {}

    /** The pod can't be taken in as things are. */
    record Refused(String reason) implements Attempt {}
  }
}
