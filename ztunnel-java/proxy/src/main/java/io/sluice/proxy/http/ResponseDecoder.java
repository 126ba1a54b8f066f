package io.sluice.proxy.http;

import io.sluice.proxy.http.head.ResponseHead;

/** Decodes an upstream's responses, each in the light of the request that it answers. */
final class ResponseDecoder extends PullDecoder<ResponseHead> {
  private String method = "GET";

  ResponseDecoder(HttpLimits limits, Sink<ResponseHead> sink) {
    super(new ResponseHead(), limits, sink);
  }

  /** The next final response answers such a request. */
  void expect(String method) {
    this.method = method;
  }

  @Override
  boolean hasBody(ResponseHead head) {
    return Heads.hasBody(head, method);
  }
}
