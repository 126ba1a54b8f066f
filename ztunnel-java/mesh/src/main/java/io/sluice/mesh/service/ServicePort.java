package io.sluice.mesh.service;

import java.util.Objects;

/**
 * One port of one service, with the cluster that traffic goes to when no rule says otherwise.
 *
 * @param service whose port
 * @param port the number that clients dial, 1..65535
 * @param protocol what it is declared to speak
 * @param cluster all endpoints of the port
 */
public record ServicePort(ServiceId service, int port, AppProtocol protocol, Cluster cluster) {
  public ServicePort {
    Objects.requireNonNull(service, "service");
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
    }
    Objects.requireNonNull(protocol, "protocol");
    Objects.requireNonNull(cluster, "cluster");
  }
}
