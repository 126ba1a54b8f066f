package io.sluice.proxy.detect;

/** What a connection speaks. */
public enum Protocol {
  HTTP1,
  /** HTTP/2 with prior knowledge; relayed as it is. */
  HTTP2,
  /** Relayed as it is. */
  TLS,
  /** Anything else, and whatever was not to be looked at. */
  OPAQUE
}
