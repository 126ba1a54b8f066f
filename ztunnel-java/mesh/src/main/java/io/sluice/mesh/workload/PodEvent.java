package io.sluice.mesh.workload;

/**
 * What a source of pods says. After a start or a reconnect it names every pod once ({@link Add} or
 * {@link Keep}) and closes with {@link SnapshotDone}: what was enrolled and not named by then has
 * gone meanwhile.
 */
public sealed interface PodEvent {
  /** The pod takes part from now on, or takes part with other facts than before. */
  record Add(MeshPod pod) implements PodEvent {}

  /**
   * The pod goes on as it is: named so that a snapshot does not remove it although its present
   * facts can't be read.
   */
  record Keep(String uid) implements PodEvent {}

  /** The pod takes no part any more. Unknown uids are ignored. */
  record Remove(String uid) implements PodEvent {}

  /** All pods have been named. */
  record SnapshotDone() implements PodEvent {}
}
