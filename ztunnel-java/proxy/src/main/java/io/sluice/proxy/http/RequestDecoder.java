package io.sluice.proxy.http;

import io.sluice.proxy.http.head.RequestHead;
import java.util.function.LongSupplier;

/** Decodes the client's requests. */
final class RequestDecoder extends PullDecoder<RequestHead> {
  private final LongSupplier nanoClock;
  private long startNanos;

  RequestDecoder(HttpLimits limits, LongSupplier nanoClock, Sink<RequestHead> sink) {
    super(new RequestHead(), limits, sink);
    this.nanoClock = nanoClock;
  }

  /** The clock's reading when the request's first byte was here and its turn had come. */
  long startNanos() {
    return startNanos;
  }

  @Override
  void headBegins() {
    startNanos = nanoClock.getAsLong();
  }

  @Override
  boolean hasBody(RequestHead head) {
    return head.hasBody();
  }
}
