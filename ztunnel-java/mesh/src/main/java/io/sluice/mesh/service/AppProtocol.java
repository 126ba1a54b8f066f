package io.sluice.mesh.service;

/** What a port says it speaks, by {@code appProtocol} or the prefix of its name. */
public enum AppProtocol {
  /** Nothing was declared: look at the first bytes. */
  UNDECLARED,
  HTTP,
  HTTP2,
  GRPC,
  /** TLS from the first byte ({@code https} or {@code tls}): passed through. */
  TLS,
  /** Opaque: never sniffed. Also declared databases and queues. */
  TCP,
  /** Not TCP at all; never redirected. */
  UDP
}
