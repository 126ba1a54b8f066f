package io.sluice.mesh.service;

import java.util.Objects;

/**
 * A service as telemetry names it.
 *
 * @param host fully qualified, lower case: {@code web.shop.svc.cluster.local}, or a ServiceEntry's
 *     host
 * @param name short name: {@code web}; for a ServiceEntry its host
 * @param namespace where it is declared
 */
public record ServiceId(String host, String name, String namespace) {
  public ServiceId {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(namespace, "namespace");
  }
}
