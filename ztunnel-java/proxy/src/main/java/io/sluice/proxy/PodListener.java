package io.sluice.proxy;

import java.util.Objects;

/**
 * One open listener of a pod.
 *
 * @param role what the datapath must steer to it
 * @param port bound; of a pod's own ones 1024..65535, outside the ephemeral range
 * @param fd of the listening socket; owned by the proxy, valid until the pod is closed or drained
 */
public record PodListener(Role role, int port, int fd) {
  /** Which traffic a listener takes. */
  public enum Role {
    /** All of 127/8 of the pod, on device lo only: IPv4 and v4-mapped. */
    OUTBOUND_V4,
    /** [::1]: native IPv6. There are several of them, for they can't be told apart by address. */
    OUTBOUND_V6,
    /** 127.0.0.1, reached by sk_lookup only. */
    INBOUND_V4,
    /** [::1], reached by sk_lookup only. */
    INBOUND_V6,
    /** In no pod: at an address that the operator chose; nothing is steered to it. */
    PLAIN
  }

  public PodListener {
    Objects.requireNonNull(role, "role");
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
    if (fd < 0) {
      throw new IllegalArgumentException("fd: " + fd + " (expected: an open descriptor, >= 0)");
    }
  }
}
