package io.sluice.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.sluice.proxy.testkit.Loops;
import io.sluice.proxy.testkit.ScriptedServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransportTest {

  @ParameterizedTest
  @EnumSource
  void aBoundSourceTakesItsPortAtConnect(Transport transport) throws Exception {
    try (Loops loops = new Loops(transport, 1);
        ScriptedServer server = ScriptedServer.silent()) {
      Channel channel =
          new Bootstrap()
              .group(loops.group())
              .channelFactory(() -> transport.newSocketChannel(server.address().getAddress()))
              .option(Transport.BIND_ADDRESS_NO_PORT, 1)
              .handler(new ChannelInboundHandlerAdapter())
              .connect(
                  server.address(), new InetSocketAddress(InetAddress.ofLiteral("127.7.8.9"), 0))
              .sync()
              .channel();
      assertThat(channel.config().getOption(Transport.BIND_ADDRESS_NO_PORT)).isEqualTo(1);
      InetSocketAddress local = ((SocketChannel) channel).localAddress();
      assertThat(local.getAddress()).isEqualTo(InetAddress.ofLiteral("127.7.8.9"));
      assertThat(Transport.fd(channel)).isPositive();
      channel.close().sync();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResetIsSeenAsAReset(Transport transport) throws Exception {
    CompletableFuture<Integer> read = new CompletableFuture<>();
    try (Loops loops = new Loops(transport, 1);
        ScriptedServer server =
            ScriptedServer.start(connection -> {
              try {
                read.complete(connection.getInputStream().read());
              } catch (SocketException e) {
                read.completeExceptionally(e);
              }
            })) {
      Channel channel =
          new Bootstrap()
              .group(loops.group())
              .channelFactory(() -> transport.newSocketChannel(server.address().getAddress()))
              .handler(new ChannelInboundHandlerAdapter())
              .connect(server.address())
              .sync()
              .channel();
      Loops.run(channel.eventLoop(), () -> Transport.reset(channel));
      assertThatThrownBy(() -> read.get(20, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("reset");
      // Once more, and nothing happens.
      Loops.run(channel.eventLoop(), () -> Transport.reset(channel));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsUnavailableSaysWhyAndWhatHelps(Transport transport) {
    assertThat(transport.explain(new UnsatisfiedLinkError("no native library")))
        .contains("can't be used", "no native library", "expected");
  }
}
