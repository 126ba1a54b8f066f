package io.sluice.proxy.http;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** Encodes responses to the client, each in the light of its request. */
final class ResponseEncoder extends HttpResponseEncoder {
  private HttpMethod method = HttpMethod.GET;

  /** The responses from now on, interim ones included, answer such a request. */
  void answers(HttpMethod method) {
    this.method = method;
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpResponse response) {
    return method.equals(HttpMethod.HEAD)
        || Heads.opensTunnel(method, response.status().code())
        || super.isContentAlwaysEmpty(response);
  }
}
