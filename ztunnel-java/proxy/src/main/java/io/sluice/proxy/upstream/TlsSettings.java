package io.sluice.proxy.upstream;

import java.time.Duration;
import java.util.List;

/**
 * How TLS is originated.
 *
 * @param systemRoots paths of PEM bundles; the first that is there is used, else the JDK's roots
 * @param contextsMax TLS contexts kept; beyond it the one unused for longest is dropped
 * @param filesCheckedEvery how often the age of certificate files is looked at
 */
public record TlsSettings(List<String> systemRoots, int contextsMax, Duration filesCheckedEvery) {

  /** Debian's, Fedora's and Alpine's places. */
  public static final TlsSettings DEFAULT =
      new TlsSettings(
          List.of(
              "/etc/ssl/certs/ca-certificates.crt",
              "/etc/pki/tls/certs/ca-bundle.crt",
              "/etc/ssl/cert.pem"),
          256,
          Duration.ofSeconds(10));

  public TlsSettings {
    systemRoots = List.copyOf(systemRoots);
    UpstreamSettings.atLeast("contextsMax", contextsMax, 1);
    if (!filesCheckedEvery.isPositive()) {
      throw new IllegalArgumentException(
          "filesCheckedEvery: " + filesCheckedEvery + " (expected: > 0)");
    }
  }
}
