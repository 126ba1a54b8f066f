package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.function.LongSupplier;

/** Decodes the client's requests. */
final class RequestDecoder extends PullDecoder {
  private final LongSupplier nanoClock;
  private boolean started;
  private long startNanos;

  RequestDecoder(HttpLimits limits, LongSupplier nanoClock) {
    super(limits);
    this.nanoClock = nanoClock;
  }

  /** Demands the next request's head. */
  void demandHead() {
    started = false;
    demand();
  }

  /** The clock's reading when the request's first byte was here and its turn had come. */
  long startNanos() {
    return startNanos;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    if (!started) {
      started = true;
      startNanos = nanoClock.getAsLong();
    }
    super.decode(ctx, buffer, out);
  }

  /**
   * RFC 9112 section 6.1 wants such a request refused; the check sees it only if both headers stay.
   */
  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {}

  @Override
  protected boolean isDecodingRequest() {
    return true;
  }

  @Override
  protected HttpMessage createMessage(String[] initialLine) {
    return new DefaultHttpRequest(
        version(initialLine[2]),
        HttpMethod.valueOf(initialLine[0]),
        initialLine[1],
        headersFactory);
  }

  @Override
  protected HttpMessage createInvalidMessage() {
    return new DefaultHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, "/bad-request");
  }
}
