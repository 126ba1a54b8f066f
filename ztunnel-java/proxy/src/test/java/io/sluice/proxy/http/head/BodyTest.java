package io.sluice.proxy.http.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where bodies end: RFC 9112 sections 6 and 7. */
class BodyTest {
  private static final String CHUNKED =
      "5\r\nhello\r\n00A;x=\"y\"\r\n, my world\r\n0 \r\nX-Sum: 1\r\nY:\r\n\r\n";

  private static Body chunked(int trailerBytesMax) {
    return begun(trailerBytesMax, "Transfer-Encoding: chunked");
  }

  private static Body begun(int trailerBytesMax, String field) {
    HeadParser<ResponseHead> parser = new HeadParser<>(new ResponseHead(), 100, 100);
    try {
      parser.parse(bytes("HTTP/1.1 200 OK\r\n" + field + "\r\n\r\n"));
    } catch (BadMessageException e) {
      throw new AssertionError(field, e);
    }
    Body body = new Body(trailerBytesMax);
    body.begin(parser.head());
    return body;
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  /** What goes on of those bytes. */
  private static String taken(Body body, ByteBuf in, int max) throws BadMessageException {
    StringBuilder all = new StringBuilder();
    while (in.isReadable() && !body.isComplete()) {
      int bytes = body.take(in, max);
      all.append(in.readString(bytes, StandardCharsets.ISO_8859_1));
    }
    return all.toString();
  }

  @Test
  void chunksGoOnUntouchedWhereverTheyAreSplitAndOnlyTheirDataCounts() throws BadMessageException {
    for (int split = 0; split < CHUNKED.length(); split++) {
      Body body = chunked(100);
      ByteBuf first = bytes(CHUNKED.substring(0, split));
      int before = body.take(first, 1000);
      long counted = body.counted();
      assertThat(before).isEqualTo(split);
      assertThat(body.isComplete()).isFalse();
      ByteBuf second = bytes(CHUNKED.substring(split) + "HTTP/1.1 ");
      assertThat(body.take(second, 1000)).isEqualTo(CHUNKED.length() - split);
      assertThat(counted + body.counted()).isEqualTo(15);
      assertThat(body.isComplete()).isTrue();
    }
  }

  @Test
  void aPieceHasALimit() throws BadMessageException {
    Body body = chunked(100);
    ByteBuf in = bytes(CHUNKED);
    assertThat(body.take(in, 7)).isEqualTo(7);
    in.skipBytes(7);
    assertThat(taken(body, in, 3)).isEqualTo(CHUNKED.substring(7));
  }

  @Test
  void theFramingOfChunksCanBeLeftOut() throws BadMessageException {
    for (int split = 0; split < CHUNKED.length(); split++) {
      Body body = chunked(100);
      body.dropFraming();
      String first = taken(body, bytes(CHUNKED.substring(0, split)), 1000);
      ByteBuf rest = bytes(CHUNKED.substring(split) + "next");
      assertThat(first + taken(body, rest, 4)).as("split at " + split).isEqualTo("hello, my world");
      assertThat(body.isComplete()).isTrue();
      assertThat(rest.toString(StandardCharsets.ISO_8859_1)).isEqualTo("next");
    }
  }

  @Test
  void aLengthIsCountedDown() throws BadMessageException {
    Body body = begun(100, "Content-Length: 5");
    ByteBuf in = bytes("hello, world");
    assertThat(body.take(in, 3)).isEqualTo(3);
    assertThat(body.isComplete()).isFalse();
    assertThat(body.take(in, 100)).isEqualTo(2);
    assertThat(body.counted()).isEqualTo(2);
    assertThat(body.isComplete()).isTrue();
    Body open = begun(100, "X: y");
    assertThat(open.take(in, 100)).isEqualTo(12);
    assertThat(open.isComplete()).isFalse();
    assertThat(open.endsWithConnection()).isTrue();
  }

  @Test
  void chunksAreReadStrictly() {
    for (String bad :
        List.of(
            "\r\n",
            ";x\r\n",
            "g\r\n",
            "-1\r\n",
            "0x5\r\n",
            "5\nhello",
            "5\rhello",
            "5 5\r\n",
            "5\r\nhelloX",
            "5\r\nhello\n",
            "5;\0\r\n",
            "5;x\ny\r\n",
            "1000000000000000\r\n",
            "0000000000000000\r\n",
            "5;" + "x".repeat(Chunks.SIZE_LINE_BYTES_MAX) + "\r\n",
            "5" + " ".repeat(Chunks.SIZE_LINE_BYTES_MAX) + "\r\n",
            "0\r\n\n",
            "0\r\n X: y\r\n\r\n",
            "0\r\nX : y\r\n\r\n",
            "0\r\n: y\r\n\r\n",
            "0\r\nX\r\n\r\n",
            "0\r\nX: a\0\r\n\r\n",
            "0\r\nX: a\nY: b\r\n\r\n",
            "0\r\nX: y\r\n\rZ",
            "0\r\nContent-Length: 3\r\n\r\n",
            "0\r\ntransfer-encoding: chunked\r\n\r\n",
            "0\r\nX: " + "y".repeat(100) + "\r\n\r\n")) {
      assertThatThrownBy(() -> taken(chunked(100), bytes(bad), 1000))
          .as(bad)
          .isInstanceOf(BadMessageException.class);
    }
  }
}
