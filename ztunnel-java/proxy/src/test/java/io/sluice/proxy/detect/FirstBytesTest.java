package io.sluice.proxy.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FirstBytesTest {
  private static final Map<String, Protocol> KNOWN = new LinkedHashMap<>();

  static {
    KNOWN.put("GET / HTTP/1.1\r\n", Protocol.HTTP1);
    KNOWN.put("GET / HTTP/1.0\r\n", Protocol.HTTP1);
    KNOWN.put("PROPFIND /a?b=c HTTP/1.1\r\n", Protocol.HTTP1);
    KNOWN.put("x!#$%&'*+-.^_`|~9 * HTTP/1.1\r\n", Protocol.HTTP1);
    KNOWN.put("CONNECT a:443 HTTP/1.1\r\n", Protocol.HTTP1);
    KNOWN.put("PRI /x HTTP/1.1\r\n", Protocol.HTTP1);
    KNOWN.put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Protocol.HTTP2);
    KNOWN.put("\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000\u00a1\u0003\u0003", Protocol.TLS);
    KNOWN.put("\u0016\u0003\u0003\u0010\u0000\u0001\u0000\u0000", Protocol.TLS);
    KNOWN.put("\u0016\u0003\u0001\u0000\u00a5\u0002\u0000\u0000", Protocol.OPAQUE);
    KNOWN.put("\u0016\u0002\u0001\u0000\u00a5\u0001", Protocol.OPAQUE);
    KNOWN.put("\u0016\u0003\u0009\u0000\u00a5\u0001", Protocol.OPAQUE);
    KNOWN.put("*3\r\n$3\r\nSET\r\n", Protocol.OPAQUE);
    KNOWN.put("EHLO mail.example\r\n", Protocol.OPAQUE);
    KNOWN.put("GET / HTTP/2.0\r\n", Protocol.OPAQUE);
    KNOWN.put("GET  / HTTP/1.1\r\n", Protocol.OPAQUE);
    KNOWN.put(" GET / HTTP/1.1\r\n", Protocol.OPAQUE);
    KNOWN.put("GET /\r\n", Protocol.OPAQUE);
    KNOWN.put("SSH-2.0-OpenSSH_9.2\r\n", Protocol.OPAQUE);
    KNOWN.put("\u0000\u0000\u0000\u0017", Protocol.OPAQUE);
  }

  private static Optional<Protocol> detect(byte[] bytes, int length) {
    // Not at index 0, as after bytes that were read.
    ByteBuf buffer = Unpooled.buffer().writeZero(3).writeBytes(bytes, 0, length).skipBytes(3);
    Optional<Protocol> protocol = FirstBytes.detect(buffer);
    assertThat(buffer.readableBytes()).isEqualTo(length);
    buffer.release();
    return protocol;
  }

  @Test
  void whateverTheSplitTheFirstAnswerIsTheRightOne() {
    KNOWN.forEach((text, expected) -> {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      for (int length = 0; length <= bytes.length; length++) {
        assertThat(detect(bytes, length))
            .as(text + " cut at " + length)
            .isIn(Optional.empty(), Optional.of(expected));
      }
      assertThat(detect(bytes, bytes.length)).as(text).contains(expected);
    });
  }

  @Test
  void aLineWithoutEndIsGivenUpAtTheLimit() {
    byte[] target =
        ("GET /" + "x".repeat(FirstBytes.BYTES_MAX)).getBytes(StandardCharsets.US_ASCII);
    assertThat(detect(target, target.length)).contains(Protocol.OPAQUE);
    byte[] method = "G".repeat(FirstBytes.BYTES_MAX).getBytes(StandardCharsets.US_ASCII);
    assertThat(detect(method, method.length)).contains(Protocol.OPAQUE);
  }

  /**
   * Random bytes, and known beginnings with a byte changed: an answer once given never changes as
   * more comes.
   */
  @Test
  void anAnswerStaysWhateverFollows() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Object[] known = KNOWN.keySet().toArray();
    for (int round = 0; round < 3_000; round++) {
      byte[] bytes = new byte[1 + random.nextInt(64)];
      random.nextBytes(bytes);
      if (round % 2 == 0) {
        byte[] start =
            ((String) known[random.nextInt(known.length)]).getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(start, 0, bytes, 0, Math.min(start.length, bytes.length));
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Optional<Protocol> first = Optional.empty();
      for (int length = 0; length <= bytes.length; length++) {
        Optional<Protocol> now = detect(bytes, length);
        if (first.isPresent()) {
          assertThat(now).as("seed " + seed + ", round " + round).isEqualTo(first);
        }
        first = now;
      }
    }
  }
}
