package io.sluice.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.sluice.proxy.http.head.BadMessageException;
import io.sluice.proxy.http.head.RequestHead;
import io.sluice.proxy.testkit.LeakWatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class PullDecoderTest {
  private static final String TWO_REQUESTS =
      "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbodyGET /2 HTTP/1.1\r\nHost: a\r\n\r\n";

  private final List<String> seen = new ArrayList<>();
  private boolean greedy;
  private final RequestDecoder decoder =
      new RequestDecoder(HttpLimits.DEFAULTS, () -> 7, new Recorder());
  private final EmbeddedChannel channel = new EmbeddedChannel();

  {
    channel.config().setAutoRead(false);
    channel.pipeline().addLast(decoder, new EndRecorder());
  }

  /** Writes down what comes, in few words. */
  private final class Recorder implements PullDecoder.Sink<RequestHead> {
    @Override
    public void head(RequestHead head) {
      seen.add(head.target());
      if (!head.hasBody()) {
        seen.add("end");
      }
      more();
    }

    @Override
    public void piece(ByteBuf piece, long bodyBytes, boolean last) {
      String text = piece.toString(StandardCharsets.ISO_8859_1);
      piece.release();
      if (!text.isEmpty()) {
        seen.add(text);
      }
      if (last) {
        seen.add("end");
      }
      more();
    }

    @Override
    public void bad(BadMessageException why) {
      seen.add("bad");
    }

    private void more() {
      if (greedy) {
        decoder.demand();
      }
    }
  }

  private final class EndRecorder extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      seen.add("input ended");
    }
  }

  /** Asks for nothing and keeps nothing. */
  private static final class Drain implements PullDecoder.Sink<RequestHead> {
    @Override
    public void head(RequestHead head) {}

    @Override
    public void piece(ByteBuf piece, long bodyBytes, boolean last) {
      piece.release();
    }

    @Override
    public void bad(BadMessageException why) {}
  }

  private void arrives(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
  }

  @Test
  void oneDemandIsOneMessageOrPiece() {
    arrives(TWO_REQUESTS);
    assertThat(seen).isEmpty();
    decoder.demand();
    assertThat(seen).containsExactly("/1");
    decoder.demand();
    assertThat(seen).containsExactly("/1", "body", "end");
    assertThat(decoder.hasLeftover()).isTrue();
    decoder.demand();
    assertThat(seen).containsExactly("/1", "body", "end", "/2", "end");
    assertThat(decoder.hasLeftover()).isFalse();
    channel.finishAndReleaseAll();
  }

  @Test
  void theEndOfInputWaitsBehindTheBytesThatCameBeforeIt() {
    arrives(TWO_REQUESTS);
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    greedy = true;
    decoder.demand();
    assertThat(seen).containsExactly("/1", "body", "end", "/2", "end", "input ended");
    channel.finishAndReleaseAll();
  }

  @Test
  void theEndOfInputIsToldAtOnceWhenNothingWaits() {
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(seen).containsExactly("input ended");
    channel.finishAndReleaseAll();
  }

  @Test
  void whatCameBeforeACloseGoesOut() {
    arrives(TWO_REQUESTS);
    channel.close();
    assertThat(seen).containsExactly("/1", "body", "end", "/2", "end");
  }

  @Test
  void whatIsLeftGoesOnWhenTheDecoderGoes() {
    arrives("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nraw");
    decoder.demand();
    channel.pipeline().removeLast();
    channel.pipeline().remove(decoder);
    ByteBuf left = channel.readInbound();
    assertThat(left.toString(StandardCharsets.ISO_8859_1)).isEqualTo("raw");
    left.release();
    channel.finishAndReleaseAll();
  }

  /** In random parts, and greedy: as if it had come in one. */
  @Test
  void theSplitDoesNotMatter() {
    String requests =
        "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX: y\r\n\r\n"
            + TWO_REQUESTS.repeat(2);
    greedy = true;
    decoder.demand();
    Random random = new Random(11);
    for (int round = 0; round < 200; round++) {
      seen.clear();
      for (int at = 0; at < requests.length(); ) {
        int next = Math.min(requests.length(), at + 1 + random.nextInt(20));
        arrives(requests.substring(at, next));
        at = next;
      }
      assertThat(String.join("", seen))
          .as("round " + round)
          .isEqualTo("/14\r\nbody\r\n0\r\nX: y\r\n\r\nend" + "/1bodyend/2end".repeat(2));
    }
    channel.finishAndReleaseAll();
  }

  /** Requests with a byte changed, in random parts: no exception, no leak, no endless loop. */
  @Test
  void whateverArrivesItEnds() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      RequestDecoder fuzzed =
          new RequestDecoder(new HttpLimits(64, 128, 16, 1, 1), () -> 7, new Drain());
      EmbeddedChannel one = new EmbeddedChannel();
      one.config().setAutoRead(false);
      one.pipeline().addLast(fuzzed);
      byte[] bytes = TWO_REQUESTS.getBytes(StandardCharsets.ISO_8859_1);
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      for (int at = 0; at < bytes.length; ) {
        int next = Math.min(bytes.length, at + 1 + random.nextInt(30));
        fuzzed.demand();
        try {
          one.writeInbound(Unpooled.copiedBuffer(bytes, at, next - at));
        } catch (RuntimeException e) {
          throw new AssertionError("seed " + seed + ", round " + round, e);
        }
        at = next;
      }
      one.finishAndReleaseAll();
    }
  }
}
