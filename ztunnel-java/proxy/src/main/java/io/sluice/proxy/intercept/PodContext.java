package io.sluice.proxy.intercept;

import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.doors.PodSockets;
import io.sluice.proxy.doors.ResolverFiles;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The enrolled pod whose traffic it is. Identity, not value: one instance per enrolment.
 *
 * @param uid stable for the life of the pod
 * @param present gives identity and labels as they are now: labels of a running pod change; any
 *     thread, never blocks
 * @param sockets makes sockets in its network namespace
 * @param resolver by which the pod resolves names
 */
public record PodContext(
    String uid, Supplier<Workload> present, PodSockets sockets, ResolverFiles resolver) {
  public PodContext {
    Objects.requireNonNull(uid, "uid");
    Objects.requireNonNull(present, "present");
    Objects.requireNonNull(sockets, "sockets");
    Objects.requireNonNull(resolver, "resolver");
  }

  /** A pod whose labels do not change and that resolves names as the machine does. */
  public PodContext(String uid, Workload workload, PodSockets sockets) {
    this(uid, () -> workload, sockets, ResolverFiles.MACHINE);
  }

  /**
   * Identity and labels as they are now. Read once per connection or exchange, so that it keeps one
   * view.
   */
  public Workload workload() {
    return present.get();
  }
}
