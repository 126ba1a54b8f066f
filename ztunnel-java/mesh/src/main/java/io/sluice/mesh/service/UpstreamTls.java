package io.sluice.mesh.service;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * TLS that the proxy originates (DestinationRule {@code trafficPolicy.tls}, mode SIMPLE).
 *
 * @param sni server name to send; empty: the host of the cluster
 * @param subjectAltNames names of which the certificate must carry one; empty: the server name
 * @param caCertificates path of a PEM file; empty: the system's roots
 * @param insecureSkipVerify the certificate is not checked at all
 */
public record UpstreamTls(
    String sni,
    List<String> subjectAltNames,
    Optional<String> caCertificates,
    boolean insecureSkipVerify) {
  public UpstreamTls {
    Objects.requireNonNull(sni, "sni");
    subjectAltNames = List.copyOf(subjectAltNames);
    Objects.requireNonNull(caCertificates, "caCertificates");
  }
}
