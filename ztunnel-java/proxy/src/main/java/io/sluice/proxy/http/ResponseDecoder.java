package io.sluice.proxy.http;

import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** Decodes an upstream's responses, each in the light of the request that it answers. */
final class ResponseDecoder extends PullDecoder {
  private HttpMethod method = HttpMethod.GET;

  ResponseDecoder(HttpLimits limits) {
    super(limits);
  }

  /** The next final response answers such a request. */
  void expect(HttpMethod method) {
    this.method = method;
  }

  /** RFC 9112 section 6.3, rules 1 and 2. */
  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    if (message instanceof HttpResponse response) {
      int status = response.status().code();
      return method.equals(HttpMethod.HEAD)
          || Heads.opensTunnel(method, status)
          || super.isContentAlwaysEmpty(message);
    }
    return super.isContentAlwaysEmpty(message);
  }

  @Override
  protected boolean isDecodingRequest() {
    return false;
  }

  @Override
  protected HttpMessage createMessage(String[] initialLine) {
    return new DefaultHttpResponse(
        version(initialLine[0]),
        HttpResponseStatus.valueOf(Integer.parseInt(initialLine[1]), initialLine[2]),
        headersFactory);
  }

  @Override
  protected HttpMessage createInvalidMessage() {
    return new DefaultHttpResponse(HttpVersion.HTTP_1_0, HttpResponseStatus.BAD_GATEWAY);
  }
}
