package io.sluice.mesh.workload;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;

/**
 * A pod of this node that should be enrolled.
 *
 * @param uid stable for the life of the pod; {@code metadata.uid}, or namespace/name where there is
 *     none
 * @param workload identity and labels
 * @param netnsPath a path that opens the pod's network namespace, e.g. {@code /run/netns/web}
 * @param addresses the pod's own addresses as its status names them; empty means: read them from
 *     the namespace
 */
public record MeshPod(
    String uid, Workload workload, String netnsPath, List<InetAddress> addresses) {
  public MeshPod {
    Objects.requireNonNull(uid, "uid");
    Objects.requireNonNull(workload, "workload");
    if (!netnsPath.startsWith("/") || netnsPath.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "netnsPath: '" + netnsPath + "' (expected: an absolute path such as /run/netns/web)");
    }
    addresses = List.copyOf(addresses);
  }
}
