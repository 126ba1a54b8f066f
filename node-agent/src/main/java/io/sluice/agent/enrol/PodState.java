package io.sluice.agent.enrol;

import io.sluice.agent.view.PodStatus;
import io.sluice.mesh.workload.MeshPod;

/** How far the enrolment of one pod is. */
sealed interface PodState {
  /** Nothing was tried yet, or there is nothing to try: its namespace is not there. */
  record Waiting(String reason) implements PodState {}

  /**
   * It was tried in vain.
   *
   * @param failures in a row, ≥ 1
   * @param retryAtNanos when it is tried again, on the clock of the enrolment
   */
  record Failed(String reason, int failures, long retryAtNanos) implements PodState {}

  /**
   * It takes part.
   *
   * @param as the facts that it was enrolled with or updated to
   * @param older connections from before, as last looked at
   */
  record Enrolled(MeshPod as, EnrolledPod pod, PodStatus.Older older) implements PodState {}

  /** Nothing new is taken in; the open connections come to their end. */
  record Draining(MeshPod as, EnrolledPod pod) implements PodState {}
}
