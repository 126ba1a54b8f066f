package io.sluice.proxy.detect;

import static io.sluice.proxy.detect.FirstBytesCases.HTTP1;
import static io.sluice.proxy.detect.FirstBytesCases.HTTP2;
import static io.sluice.proxy.detect.FirstBytesCases.NAMELESS;
import static io.sluice.proxy.detect.FirstBytesCases.OPAQUE;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.proxy.detect.FirstBytesCases.Case;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Beginnings of all lengths: whatever the reads were, the answer depends on nothing else. */
class FirstBytesTest {
  static Iterable<Case> all() {
    return FirstBytesCases.all();
  }

  private static Optional<Detected> detect(byte[] bytes, int length) {
    return ask(bytes, length, FirstBytes::detect);
  }

  private static <T> T ask(byte[] bytes, int length, Function<ByteBuf, T> question) {
    // Not at index 0, as after bytes that were read; and no byte more than there are.
    ByteBuf buffer =
        Unpooled.buffer(3 + length, 3 + length).writeZero(3).writeBytes(bytes, 0, length);
    buffer.skipBytes(3);
    T answer = question.apply(buffer);
    assertThat(buffer.readableBytes()).isEqualTo(length);
    buffer.release();
    return answer;
  }

  @ParameterizedTest
  @MethodSource("all")
  void theFirstAnswerIsTheRightOneAndStays(Case known) {
    byte[] bytes = known.bytes();
    boolean answered = false;
    for (int length = 0; length <= bytes.length; length++) {
      Optional<Detected> answer = detect(bytes, length);
      if (answered || answer.isPresent()) {
        assertThat(answer).as("the first %d bytes", length).contains(known.expected());
        answered = true;
      }
    }
    assertThat(answered).isTrue();
  }

  @ParameterizedTest
  @MethodSource("all")
  void onAPortThatDeclaresHttpAllElseIsHttp(Case known) {
    Detected expected = known.expected().equals(OPAQUE) ? HTTP1 : known.expected();
    for (int length = 0; length <= known.bytes().length; length++) {
      assertThat(ask(known.bytes(), length, Look.Expected.HTTP::detect))
          .as("the first %d bytes", length)
          .isIn(Optional.empty(), Optional.of(expected));
    }
    assertThat(ask(known.bytes(), known.bytes().length, Look.Expected.HTTP::detect))
        .contains(expected);
  }

  @ParameterizedTest
  @MethodSource("all")
  void onAPortThatDeclaresTlsPlainHttpIsNotLookedInto(Case known) {
    Detected expected = known.expected().equals(HTTP1) ? OPAQUE : known.expected();
    assertThat(ask(known.bytes(), known.bytes().length, Look.Expected.TLS::detect))
        .contains(expected);
  }

  @Test
  void aPlainRequestOnAnHttpPortIsNotWaitedFor() {
    assertThat(ask(ascii("G"), 1, Look.Expected.HTTP::detect)).contains(HTTP1);
  }

  @Test
  void whatIsNotWholeInTimeIsTakenForWhatItIsSoFar() {
    assertThat(ask(ascii("GE"), 2, Look.Expected.ANYTHING::soFar)).isEqualTo(OPAQUE);
    assertThat(ask(ascii("PRI"), 3, Look.Expected.ANYTHING::soFar)).isEqualTo(OPAQUE);
    assertThat(ask(ascii("PRI"), 3, Look.Expected.HTTP::soFar)).isEqualTo(HTTP1);
    byte[] hello = Hello.captured("go-x25519mlkem768");
    for (Look.Expected expected : Look.Expected.values()) {
      assertThat(ask(hello, 3, expected::soFar)).isEqualTo(NAMELESS);
      assertThat(ask(hello, 1_000, expected::soFar)).isEqualTo(NAMELESS);
    }
    assertThat(ask(hello, 2, Look.Expected.ANYTHING::soFar)).isEqualTo(OPAQUE);
    assertThat(ask(new byte[0], 0, Look.Expected.ANYTHING::soFar)).isEqualTo(OPAQUE);
    assertThat(ask(ascii("PRI * HTTP/2.0"), 14, Look.Expected.HTTP::detect)).contains(HTTP2);
  }

  @Test
  void aLineWithoutEndIsGivenUpAtTheLimit() {
    byte[] target = ascii("GET /" + "x".repeat(FirstBytes.BYTES_MAX));
    assertThat(detect(target, target.length)).contains(OPAQUE);
    byte[] method = ascii("G".repeat(FirstBytes.BYTES_MAX));
    assertThat(detect(method, method.length)).contains(OPAQUE);
  }

  @Test
  void aHelloInTinyRecordsIsGivenUpAtTheLimit() {
    byte[] message = new Hello().extension(Hello.KEY_SHARE, new byte[60_000]).message();
    byte[] bytes = Hello.inRecords(message, 1);
    assertThat(detect(bytes, 2 * ClientHello.MESSAGE_BYTES_MAX)).isEmpty();
    assertThat(detect(bytes, 2 * ClientHello.MESSAGE_BYTES_MAX + 1)).contains(NAMELESS);
  }

  /**
   * Random bytes, and known beginnings with bytes changed, cut out or put in: nothing is thrown,
   * and an answer once given never changes as more comes.
   */
  @Test
  void anAnswerStaysWhateverFollows() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<Case> known = new ArrayList<>();
    all().forEach(known::add);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = mutated(known.get(random.nextInt(known.size())).bytes(), random);
      Optional<Detected> first = Optional.empty();
      int step = 1 + bytes.length / 100;
      for (int length = 0; length <= bytes.length; length += step) {
        Optional<Detected> now = detect(bytes, length);
        if (first.isPresent()) {
          assertThat(now).as("seed %d, round %d", seed, round).isEqualTo(first);
        }
        first = now;
      }
    }
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    byte[] mutated = Arrays.copyOf(bytes, Math.min(bytes.length, 2_000));
    int changes = random.nextInt(4);
    for (int i = 0; i < changes && mutated.length > 1; i++) {
      int at = random.nextInt(random.nextBoolean() ? Math.min(70, mutated.length) : mutated.length);
      switch (random.nextInt(4)) {
        case 0 -> mutated[at] = (byte) random.nextInt(256);
        case 1 -> mutated[at] = (byte) (random.nextBoolean() ? 0xff : 0);
        case 2 -> mutated = Arrays.copyOf(mutated, at + 1);
        default -> {
          int length = mutated.length - at - 1;
          System.arraycopy(mutated, at, mutated, at + 1, length);
        }
      }
    }
    return mutated;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
