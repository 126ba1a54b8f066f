package io.sluice.proxy.detect;

import static io.sluice.proxy.detect.FirstBytesCases.HTTP1;
import static io.sluice.proxy.detect.FirstBytesCases.HTTP2;
import static io.sluice.proxy.detect.FirstBytesCases.NAMELESS;
import static io.sluice.proxy.detect.FirstBytesCases.OPAQUE;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.proxy.intercept.PodSignal;
import io.sluice.proxy.testkit.LeakWatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is waited for, how long, and what ends it. */
@ExtendWith(LeakWatch.class)
class DetectionTest {
  private final Noted noted = new Noted();

  private EmbeddedChannel channel(AppProtocol declared, int port) {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    new Detection(100, 10).detect(channel, declared, port, noted);
    return channel;
  }

  private EmbeddedChannel undeclared() {
    return channel(AppProtocol.UNDECLARED, 80);
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private static void pass(EmbeddedChannel channel, long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void whatIsDeclaredOpaqueIsNotLookedAt() {
    for (AppProtocol declared :
        List.of(AppProtocol.TCP, AppProtocol.UDP, AppProtocol.HTTP2, AppProtocol.GRPC)) {
      EmbeddedChannel channel = channel(declared, 80);
      assertThat(channel.pipeline().get(SniffHandler.class)).isNull();
      channel.close();
    }
    assertThat(noted.detected).containsExactly(OPAQUE, OPAQUE, HTTP2, HTTP2);
  }

  @Test
  void portsWhoseServersSpeakFirstAreNotLookedAt() {
    for (int port : new int[] {25, 53, 3306, 27017}) {
      channel(AppProtocol.UNDECLARED, port).close();
    }
    assertThat(noted.detected).containsOnly(OPAQUE).hasSize(4);
    EmbeddedChannel declared = channel(AppProtocol.HTTP, 3306);
    declared.writeInbound(bytes("GET / HTTP/1.1\r\n"));
    assertThat(noted.detected).last().isEqualTo(HTTP1);
    declared.close();
  }

  @Test
  void onAnHttpPortTlsAndHttp2AreSeenAndNoServerIsWaitedFor() {
    EmbeddedChannel silent = channel(AppProtocol.HTTP, 80);
    pass(silent, 100_000);
    assertThat(noted.serverSpeaks).isEmpty();
    assertThat(noted.detected).isEmpty();
    silent.writeInbound(bytes("PRI * HTTP/2.0\r\n"));
    silent.close();
    EmbeddedChannel tls = channel(AppProtocol.HTTP, 80);
    tls.writeInbound(Unpooled.wrappedBuffer(Hello.named("a.example").inOneRecord()));
    tls.close();
    EmbeddedChannel cut = channel(AppProtocol.HTTP, 80);
    cut.writeInbound(bytes("PRI"));
    pass(cut, 100);
    cut.close();
    assertThat(noted.detected).containsExactly(HTTP2, FirstBytesCases.tls("a.example"), HTTP1);
  }

  @Test
  void bytesThatCanBeTwoThingsAreHeldForAWhileFromTheFirstOn() {
    EmbeddedChannel channel = undeclared();
    pass(channel, 5_000);
    channel.writeInbound(bytes("G"));
    pass(channel, 60);
    channel.writeInbound(bytes("E"));
    pass(channel, 39);
    assertThat(noted.detected).isEmpty();
    pass(channel, 1);
    assertThat(noted.detected).containsExactly(OPAQUE);
    channel.writeInbound(bytes("T / HTTP/1.1\r\n"));
    assertThat(noted.text()).isEqualTo("GE");
    assertThat(FirstBytesCases.HTTP1).isNotIn(noted.detected);
    ByteBuf after = channel.readInbound();
    noted.take(after);
    assertThat(noted.text()).isEqualTo("GET / HTTP/1.1\r\n");
    channel.close();
  }

  @Test
  void aHelloThatIsNotWholeInTimeIsTlsWithoutName() {
    EmbeddedChannel channel = undeclared();
    byte[] hello = Hello.captured("openssl-tls13");
    channel.writeInbound(Unpooled.copiedBuffer(hello, 0, 60));
    pass(channel, 100);
    assertThat(noted.detected).containsExactly(NAMELESS);
    assertThat(noted.bytes()).hasSize(60);
    channel.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDECLARED", "TLS"})
  void aSilentClientsServerIsAskedForOnceAndMayEndTheWait(AppProtocol declared) {
    EmbeddedChannel channel = channel(declared, 443);
    pass(channel, 9);
    assertThat(noted.serverSpeaks).isEmpty();
    pass(channel, 1);
    pass(channel, 100_000);
    assertThat(noted.serverSpeaks).hasSize(1);
    assertThat(noted.detected).isEmpty();
    noted.serverSpeaks.getFirst().run();
    assertThat(noted.detected).containsExactly(OPAQUE);
    noted.serverSpeaks.getFirst().run();
    assertThat(noted.detected).hasSize(1);
    assertThat(channel.pipeline().get(SniffHandler.class)).isNull();
    channel.close();
    assertThat(noted.gone).isZero();
  }

  @Test
  void whoeverSpeaksInTimeNeedsNoServerFirst() {
    EmbeddedChannel channel = undeclared();
    pass(channel, 9);
    channel.writeInbound(bytes("GE"));
    pass(channel, 99);
    assertThat(noted.serverSpeaks).isEmpty();
    channel.writeInbound(bytes("T / HTTP/1.1\r\n"));
    assertThat(noted.detected).containsExactly(HTTP1);
    pass(channel, 1_000);
    assertThat(noted.detected).hasSize(1);
    channel.close();
  }

  @Test
  void whoeverSpeaksAfterLongSilenceIsStillUnderstood() {
    EmbeddedChannel channel = undeclared();
    pass(channel, 3_600_000);
    channel.writeInbound(bytes("GET / HTTP/1.1\r\n"));
    assertThat(noted.detected).containsExactly(HTTP1);
    noted.serverSpeaks.getFirst().run();
    assertThat(noted.detected).hasSize(1);
    channel.close();
  }

  @Test
  void theServerEndsTheWaitForMoreBytesToo() {
    EmbeddedChannel channel = undeclared();
    pass(channel, 10);
    channel.writeInbound(bytes("GE"));
    noted.serverSpeaks.getFirst().run();
    assertThat(noted.detected).containsExactly(OPAQUE);
    assertThat(noted.text()).isEqualTo("GE");
    channel.close();
  }

  @Test
  void aHalfCloseEndsTheWait() {
    for (String sent : List.of("", "GE")) {
      EmbeddedChannel channel = undeclared();
      channel.writeInbound(bytes(sent));
      channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
      channel.close();
    }
    EmbeddedChannel http = channel(AppProtocol.HTTP, 80);
    http.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    http.close();
    assertThat(noted.detected).containsExactly(OPAQUE, OPAQUE, HTTP1);
    assertThat(noted.text()).isEqualTo("GE");
  }

  @Test
  void aClientThatLeavesIsForgotten() {
    EmbeddedChannel channel = undeclared();
    channel.writeInbound(bytes("GE"));
    channel.close();
    pass(channel, 1_000);
    assertThat(noted.detected).isEmpty();
    assertThat(noted.gone).isOne();
  }

  @Test
  void aResetBeforeThereIsAServerClosesOnly() {
    EmbeddedChannel channel = undeclared();
    channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
    assertThat(channel.isOpen()).isFalse();
    assertThat(noted.detected).isEmpty();
    assertThat(noted.gone).isOne();
  }

  @Test
  void withAServerTheEndOfTheClientOrThePodIsTheCouplingsBusiness() {
    List<String> seen = new ArrayList<>();
    EmbeddedChannel reset = undeclared();
    reset.pipeline().addLast(recorder(seen));
    pass(reset, 10);
    reset.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
    reset.close();
    EmbeddedChannel podGone = undeclared();
    podGone.pipeline().addLast(recorder(seen));
    pass(podGone, 10);
    podGone.pipeline().fireUserEventTriggered(PodSignal.DRAIN);
    assertThat(noted.detected).hasSize(1);
    podGone.pipeline().fireUserEventTriggered(PodSignal.GONE);
    podGone.close();
    assertThat(noted.detected).containsExactly(OPAQUE, OPAQUE);
    assertThat(seen).containsExactly("Connection reset by peer", "DRAIN", "GONE");
    assertThat(noted.gone).isZero();
  }

  @Test
  void aFaultOfWhatFollowsKeepsNeitherBytesNorConnection() {
    noted.fault = true;
    EmbeddedChannel channel = undeclared();
    ByteBuf first = bytes("GET / HTTP/1.1\r\n");
    channel.writeInbound(first);
    assertThat(first.refCnt()).isZero();
    assertThat(channel.isOpen()).isFalse();
    channel.finish();
    assertThat(noted.detected).containsExactly(HTTP1);
    assertThat(noted.gone).isOne();
  }

  @Test
  void aFaultOfOursIsNoResetOfTheClients() {
    EmbeddedChannel channel = undeclared();
    pass(channel, 10);
    channel.pipeline().fireExceptionCaught(new IllegalStateException("a fault, made by a test"));
    assertThat(channel.isOpen()).isFalse();
    assertThat(noted.detected).isEmpty();
    assertThat(noted.gone).isOne();
  }

  private static ChannelInboundHandlerAdapter recorder(List<String> seen) {
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        seen.add(event.toString());
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        seen.add(String.valueOf(cause.getMessage()));
      }
    };
  }
}
