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
        HttpResponseStatus.valueOf(status(initialLine[1]), initialLine[2]),
        headersFactory);
  }

  /** A number below 100 would count as interim, and what follows it as the answer. */
  private static int status(String text) {
    if (text.length() != 3 || text.charAt(0) < '1' || text.charAt(0) > '9') {
      throw new IllegalArgumentException("status: '" + text + "' (expected: 100..999)");
    }
    return Integer.parseInt(text);
  }

  @Override
  protected HttpMessage createInvalidMessage() {
    return new DefaultHttpResponse(HttpVersion.HTTP_1_0, HttpResponseStatus.BAD_GATEWAY);
  }
}
