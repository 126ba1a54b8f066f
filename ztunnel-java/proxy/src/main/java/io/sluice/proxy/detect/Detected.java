package io.sluice.proxy.detect;

import java.util.Objects;
import java.util.Optional;

/** What a connection speaks. */
public sealed interface Detected {
  /** HTTP/1.0 or 1.1. */
  record Http1() implements Detected {}

  /** HTTP/2 with prior knowledge; relayed as it is. */
  record Http2() implements Detected {}

  /**
   * TLS; relayed as it is.
   *
   * @param sni the server name of the ClientHello, lower case, without trailing dot; empty when
   *     none was sent
   */
  record Tls(Optional<String> sni) implements Detected {
    public Tls {
      Objects.requireNonNull(sni, "sni");
    }
  }

  /** Anything else, and whatever was not to be looked at. */
  record Opaque() implements Detected {}
}
