package io.sluice.perf;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.sluice.proxy.http.head.BadMessageException;
import io.sluice.proxy.http.head.Head;
import io.sluice.proxy.http.head.HeadParser;
import io.sluice.proxy.http.head.Name;
import io.sluice.proxy.http.head.RequestHead;
import io.sluice.proxy.http.head.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A head in, the head that is passed on out: with our own codec, and with Netty's decoder and
 * encoder (baseline), both on pooled direct buffers. One field is dropped and one added.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Heads {
  private static final String REQUEST =
      "GET /api/v1/items/4711?fields=name,price HTTP/1.1\r\nHost: items.shop.svc.cluster.local\r\n"
          + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n"
          + "Accept: application/json, text/plain, */*\r\nAccept-Encoding: gzip, deflate, br\r\n"
          + "Accept-Language: en-GB,en;q=0.9\r\nConnection: keep-alive\r\n"
          + "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVm\r\n"
          + "x-request-id: 6f2c1d3a-8f0e-4a4b-9f3c-0d8b6f2d9a11\r\n\r\n";
  private static final String RESPONSE =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 1024\r\n"
          + "Date: Mon, 01 Jan 2024 10:00:00 GMT\r\nConnection: keep-alive\r\n"
          + "Cache-Control: no-store\r\nETag: \"33a64df551425fcc55e4d42a148795d9f25f89d4\"\r\n\r\n";
  private static final byte[] ADDED =
      "x-forwarded-proto: http\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int DROPPED = Name.set(Name.CONNECTION);

  private final ByteBuf request = direct(REQUEST);
  private final ByteBuf response = direct(RESPONSE);
  private final HeadParser<RequestHead> requests = parser(new RequestHead());
  private final HeadParser<ResponseHead> responses = parser(new ResponseHead());
  private final EmbeddedChannel requestDecoder = new EmbeddedChannel(new HttpRequestDecoder());
  private final EmbeddedChannel requestEncoder = new EmbeddedChannel(new HttpRequestEncoder());
  private final EmbeddedChannel responseDecoder =
      new EmbeddedChannel(
          new HttpResponseDecoder() {
            @Override
            protected boolean isContentAlwaysEmpty(HttpMessage message) {
              return true;
            }
          });
  private final EmbeddedChannel responseEncoder = new EmbeddedChannel(new HttpResponseEncoder());

  private static ByteBuf direct(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return PooledByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
  }

  private static <H extends Head> HeadParser<H> parser(H head) {
    return new HeadParser<>(head, 65_536, 98_304);
  }

  @TearDown
  public void release() {
    request.release();
    response.release();
  }

  @Benchmark
  public int requestParsed() throws BadMessageException {
    return parsed(requests, request).size();
  }

  @Benchmark
  public int request() throws BadMessageException {
    RequestHead head = parsed(requests, request);
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(head.size() + 256);
    head.write(out, DROPPED);
    return sent(out.writeBytes(ADDED));
  }

  @Benchmark
  public int response() throws BadMessageException {
    ResponseHead head = parsed(responses, response);
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(head.size() + 256);
    head.write(out, DROPPED);
    return sent(out.writeBytes(ADDED));
  }

  @Benchmark
  public int requestBaseline() {
    requestDecoder.writeInbound(request.retainedDuplicate());
    int size = forwarded(requestDecoder, requestEncoder);
    ReferenceCountUtil.release(requestDecoder.readInbound());
    return size;
  }

  @Benchmark
  public int responseBaseline() {
    responseDecoder.writeInbound(response.retainedDuplicate());
    int size = forwarded(responseDecoder, responseEncoder);
    ReferenceCountUtil.release(responseDecoder.readInbound());
    return size;
  }

  private static <H extends Head> H parsed(HeadParser<H> parser, ByteBuf bytes)
      throws BadMessageException {
    parser.begin();
    bytes.readerIndex(0);
    if (!parser.parse(bytes)) {
      throw new IllegalStateException("a part of a head (expected: all of it)");
    }
    return parser.head();
  }

  private static int forwarded(EmbeddedChannel decoder, EmbeddedChannel encoder) {
    HttpMessage head = decoder.readInbound();
    head.headers().remove("connection");
    head.headers().set("x-forwarded-proto", "http");
    encoder.writeOutbound(head, LastHttpContent.EMPTY_LAST_CONTENT);
    int size = 0;
    for (@Nullable ByteBuf out = encoder.readOutbound();
        out != null;
        out = encoder.readOutbound()) {
      size += sent(out);
    }
    return size;
  }

  private static int sent(ByteBuf out) {
    int size = out.readableBytes();
    out.release();
    return size;
  }
}
