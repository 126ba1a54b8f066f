package io.sluice.proxy.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.proxy.testkit.LeakWatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakWatch.class)
class DetectionTest {
  private final List<Protocol> seen = new ArrayList<>();

  private EmbeddedChannel channel(AppProtocol declared, int port) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    new Detection(100).detect(channel, declared, port, seen::add);
    return channel;
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private static String passedOn(EmbeddedChannel channel) {
    StringBuilder all = new StringBuilder();
    for (ByteBuf each = channel.readInbound(); each != null; each = channel.readInbound()) {
      all.append(each.toString(StandardCharsets.ISO_8859_1));
      each.release();
    }
    return all.toString();
  }

  @Test
  void whatAPortDeclaresIsNotDoubted() {
    channel(AppProtocol.HTTP, 80).close();
    channel(AppProtocol.HTTP2, 80).close();
    channel(AppProtocol.GRPC, 80).close();
    channel(AppProtocol.TLS, 80).close();
    channel(AppProtocol.TCP, 80).close();
    assertThat(seen)
        .containsExactly(
            Protocol.HTTP1, Protocol.HTTP2, Protocol.HTTP2, Protocol.TLS, Protocol.OPAQUE);
  }

  @Test
  void portsWhoseServersSpeakFirstAreNotLookedAt() {
    for (int port : new int[] {25, 53, 3306, 27017}) {
      channel(AppProtocol.UNDECLARED, port).close();
    }
    assertThat(seen).containsOnly(Protocol.OPAQUE).hasSize(4);
  }

  @Test
  void theFirstBytesDecideAndArePassedOnWhole() {
    String request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for (int split = 1; split < request.length(); split++) {
      seen.clear();
      EmbeddedChannel channel = channel(AppProtocol.UNDECLARED, 80);
      channel.writeInbound(bytes(request.substring(0, split)));
      channel.writeInbound(bytes(request.substring(split)));
      assertThat(seen).containsExactly(Protocol.HTTP1);
      assertThat(passedOn(channel)).isEqualTo(request);
      assertThat(channel.pipeline().get(SniffHandler.class)).isNull();
      channel.close();
    }
  }

  @Test
  void whoeverStaysSilentIsOpaqueAfterTheLimit() {
    EmbeddedChannel channel = channel(AppProtocol.UNDECLARED, 80);
    channel.writeInbound(bytes("GE"));
    channel.advanceTimeBy(99, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(seen).isEmpty();
    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(seen).containsExactly(Protocol.OPAQUE);
    channel.writeInbound(bytes("T / HTTP/1.1\r\n"));
    assertThat(passedOn(channel)).isEqualTo("GET / HTTP/1.1\r\n");
    assertThat(seen).hasSize(1);
    channel.close();
  }

  @Test
  void aHalfCloseEndsTheWait() {
    EmbeddedChannel channel = channel(AppProtocol.UNDECLARED, 80);
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    assertThat(seen).containsExactly(Protocol.OPAQUE);
    channel.close();
  }

  @Test
  void aClientThatLeavesIsForgotten() {
    EmbeddedChannel channel = channel(AppProtocol.UNDECLARED, 80);
    channel.writeInbound(bytes("GE"));
    channel.close();
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(seen).isEmpty();
  }
}
