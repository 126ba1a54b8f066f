package io.sluice.proxy.http.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Another implementation is asked too: what both take for a request they read alike. */
class SameAsNettyTest {
  private static final List<String> SEEDS =
      List.of(
          "GET /a?b=c HTTP/1.1\r\nHost: web.shop\r\nAccept: */*\r\nX-A: 1\r\n\r\n",
          "POST / HTTP/1.1\r\nhost: a:1\r\ncontent-length: 12\r\nCookie: a=b; c=d\r\n\r\n",
          "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
          "GET http://a/b HTTP/1.0\r\nUser-Agent: curl/8\r\nX-A: 1\r\nx-a:2\r\n\r\n");
  private static final String SPICE = "\r\n\0 \t:;,/a0\u007f\u0080\u00ff-";

  @Test
  void whatBothAcceptTheyReadAlike() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int both = 0;
    HeadParser<RequestHead> parser = new HeadParser<>(new RequestHead(), 4096, 8192);
    for (int round = 0; round < 20_000; round++) {
      String text = mutated(random);
      HttpRequest netty = netty(text);
      RequestHead own = own(parser, text);
      if (netty != null && own != null) {
        both++;
        String where = "seed " + seed + ": " + text;
        assertThat(own.method()).as(where).isEqualTo(netty.method().name());
        assertThat(own.target()).as(where).isEqualTo(netty.uri());
        for (String name : netty.headers().names()) {
          assertThat(own.value(name.toLowerCase(java.util.Locale.ROOT)))
              .as(where)
              .contains(String.join(",", netty.headers().getAll(name)));
        }
        assertThat(own.isChunked())
            .as(where)
            .isEqualTo(netty.headers().contains("transfer-encoding"));
      }
    }
    assertThat(both).isGreaterThan(1_000);
  }

  private static String mutated(Random random) {
    StringBuilder text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(text.length());
      char with = SPICE.charAt(random.nextInt(SPICE.length()));
      switch (random.nextInt(3)) {
        case 0 -> text.setCharAt(at, with);
        case 1 -> text.insert(at, with);
        default -> text.deleteCharAt(at);
      }
    }
    return text.toString();
  }

  private static @Nullable RequestHead own(HeadParser<RequestHead> parser, String text) {
    parser.begin();
    try {
      return parser.parse(bytes(text)) ? parser.head() : null;
    } catch (BadMessageException e) {
      return null;
    }
  }

  private static @Nullable HttpRequest netty(String text) {
    EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
    channel.writeInbound(bytes(text));
    Object first = channel.readInbound();
    HttpRequest request =
        first instanceof HttpRequest decoded && decoded.decoderResult().isSuccess()
            ? decoded
            : null;
    ReferenceCountUtil.release(first);
    channel.finishAndReleaseAll();
    return request;
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }
}
