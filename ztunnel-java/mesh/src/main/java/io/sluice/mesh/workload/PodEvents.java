package io.sluice.mesh.workload;

/** Receives pod events; called by one thread of the source, in order. Must not block for long. */
@FunctionalInterface
public interface PodEvents {
  void accept(PodEvent event);
}
