package io.sluice.proxy.upstream;

import io.sluice.proxy.fault.Failure;

/** How the wish for an upstream connection ended. */
public sealed interface Acquired {
  /** Use it, then release or discard it: the caller owns it until then. */
  record Ready(UpstreamConnection connection) implements Acquired {}

  /** There is none, and why. */
  record Failed(Failure failure) implements Acquired {}
}
