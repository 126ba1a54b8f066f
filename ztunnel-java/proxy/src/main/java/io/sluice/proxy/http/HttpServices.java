package io.sluice.proxy.http;

import io.sluice.proxy.upstream.Upstreams;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What all HTTP connections share.
 *
 * @param nanoClock as {@code System.nanoTime}
 * @param requestIds makes values for {@code x-request-id}; any thread
 */
public record HttpServices(
    Upstreams upstreams, LongSupplier nanoClock, Supplier<String> requestIds, HttpLimits limits) {
  public HttpServices {
    Objects.requireNonNull(upstreams, "upstreams");
    Objects.requireNonNull(nanoClock, "nanoClock");
    Objects.requireNonNull(requestIds, "requestIds");
    Objects.requireNonNull(limits, "limits");
  }
}
