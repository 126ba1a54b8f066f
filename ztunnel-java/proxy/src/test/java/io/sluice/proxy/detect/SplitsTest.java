package io.sluice.proxy.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.proxy.detect.FirstBytesCases.Case;
import io.sluice.proxy.testkit.LeakWatch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every beginning, in every split: the same answer, and the same bytes handed over. */
@ExtendWith(LeakWatch.class)
class SplitsTest {
  /** Beginnings up to this long are also split in three, in every way. */
  private static final int THREE_WAYS_BYTES_MAX = 40;

  /** Longer ones are split at every so many places: no look depends on more than that before it. */
  private static final int EVERY_SPLIT_BYTES_MAX = 2_000;

  private static final int SPLITS_OF_LONG_ONES = 100;

  @Test
  void byteByByte() {
    for (Case known : FirstBytesCases.all()) {
      int[] cuts = new int[Math.min(known.bytes().length, EVERY_SPLIT_BYTES_MAX) - 1];
      Arrays.setAll(cuts, i -> i + 1);
      check(known, cuts);
    }
  }

  @Test
  void inTwo() {
    for (Case known : FirstBytesCases.all()) {
      int length = known.bytes().length;
      int step = length <= EVERY_SPLIT_BYTES_MAX ? 1 : length / SPLITS_OF_LONG_ONES;
      for (int cut = 1; cut < length; cut += step) {
        check(known, cut);
      }
    }
  }

  @Test
  void shortOnesInThree() {
    for (Case known : FirstBytesCases.all()) {
      int length = known.bytes().length;
      for (int first = 1; first < length && length <= THREE_WAYS_BYTES_MAX; first++) {
        for (int second = first + 1; second < length; second++) {
          check(known, first, second);
        }
      }
    }
  }

  private static void check(Case known, int... cuts) {
    Noted noted = new Noted();
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    new Detection(100, 10).detect(channel, AppProtocol.UNDECLARED, 80, noted);
    int from = 0;
    for (int cut : cuts) {
      write(channel, noted, known.bytes(), from, cut);
      from = cut;
    }
    write(channel, noted, known.bytes(), from, known.bytes().length);
    assertThat(noted.detected)
        .as(known + ", cut at " + Arrays.toString(cuts))
        .containsExactly(known.expected());
    assertThat(noted.bytes()).isEqualTo(known.bytes());
    assertThat(channel.pipeline().get(SniffHandler.class)).isNull();
    channel.close();
  }

  private static void write(EmbeddedChannel channel, Noted noted, byte[] bytes, int from, int to) {
    channel.writeInbound(Unpooled.copiedBuffer(bytes, from, to - from));
    for (ByteBuf after = channel.readInbound(); after != null; after = channel.readInbound()) {
      noted.take(after);
    }
  }
}
