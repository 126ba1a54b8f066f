package io.sluice.proxy.intercept;

import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.doors.PodSockets;
import java.util.Objects;

/**
 * The enrolled pod whose traffic it is. Identity, not value: one instance per enrolment.
 *
 * @param uid stable for the life of the pod
 * @param workload as enrolled
 * @param sockets makes sockets in its network namespace
 */
public record PodContext(String uid, Workload workload, PodSockets sockets) {
  public PodContext {
    Objects.requireNonNull(uid, "uid");
    Objects.requireNonNull(workload, "workload");
    Objects.requireNonNull(sockets, "sockets");
  }
}
