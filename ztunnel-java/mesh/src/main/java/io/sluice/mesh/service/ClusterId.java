package io.sluice.mesh.service;

import java.util.Objects;

/**
 * Names a cluster.
 *
 * @param host fully qualified service host
 * @param port the service port, 0 for the passthrough cluster
 * @param subset DestinationRule subset; empty for all endpoints
 */
public record ClusterId(String host, int port, String subset) {
  public ClusterId {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(subset, "subset");
  }

  /** Istio's form, {@code outbound|80|v1|web.shop.svc.cluster.local}. */
  @Override
  public String toString() {
    return "outbound|" + port + "|" + subset + "|" + host;
  }
}
