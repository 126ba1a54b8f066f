package io.sluice.proxy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

/** The kit does as it says: above all, that the watch sees a leak. */
class TestKitTest {

  @Test
  void theWatchSeesALeakedBuffer() {
    LeakWatch watch = new LeakWatch();
    watch.beforeEach(null);
    leak();
    assertThatThrownBy(() -> watch.afterEach(null))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("LEAK");
  }

  @Test
  void theWatchIsQuietWhenAllIsReleased() {
    LeakWatch watch = new LeakWatch();
    watch.beforeEach(null);
    ByteBufAllocator.DEFAULT.directBuffer(64).writeLong(1).release();
    watch.afterEach(null);
  }

  @Test
  void aRefusingPortRefusesAndAnUnansweringOneIsSilent() throws IOException {
    try (DeadPort refusing = DeadPort.refusing();
        DeadPort silent = DeadPort.unanswering();
        Socket first = new Socket();
        Socket second = new Socket()) {
      assertThatThrownBy(() -> first.connect(refusing.address(), 5_000))
          .isInstanceOf(ConnectException.class);
      assertThatThrownBy(() -> second.connect(silent.address(), 300))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void anEchoServerEchoesAndThenCloses() throws IOException {
    try (ScriptedServer server = ScriptedServer.echo();
        Socket client = new Socket(server.address().getAddress(), server.port())) {
      ScriptedServer.write(client.getOutputStream(), "hello");
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("hello");
      assertThat(server.clients())
          .containsExactly((java.net.InetSocketAddress) client.getLocalSocketAddress());
    }
  }

  private static void leak() {
    ByteBuf forgotten = ByteBufAllocator.DEFAULT.directBuffer(64);
    forgotten.writeLong(1);
  }
}
