package io.sluice.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.sluice.mesh.service.TcpOptions.Keepalive;
import io.sluice.proxy.testkit.Loops;
import io.sluice.proxy.testkit.ScriptedServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Map;
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

  /** Nobody sets it: Netty does, for each socket that is made or accepted. */
  @ParameterizedTest
  @EnumSource
  void smallWritesAreNotHeldBack(Transport transport) throws Exception {
    CompletableFuture<Boolean> accepted = new CompletableFuture<>();
    InetAddress local = InetAddress.ofLiteral("127.0.0.1");
    try (Loops loops = new Loops(transport, 1)) {
      Channel listener =
          new ServerBootstrap()
              .group(loops.group())
              .channelFactory(() -> transport.newServerSocketChannel(local))
              .childHandler(
                  new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                      accepted.complete(channel.config().isTcpNoDelay());
                    }
                  })
              .bind(new InetSocketAddress(local, 0))
              .sync()
              .channel();
      SocketChannel dialled =
          (SocketChannel)
              new Bootstrap()
                  .group(loops.group())
                  .channelFactory(() -> transport.newSocketChannel(local))
                  .handler(new ChannelInboundHandlerAdapter())
                  .connect(listener.localAddress())
                  .sync()
                  .channel();
      assertThat(dialled.config().isTcpNoDelay()).isTrue();
      assertThat(accepted.get(20, TimeUnit.SECONDS)).isTrue();
      dialled.close().sync();
      listener.close().sync();
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
  void whatAListenerAcceptsInheritsItsKeepalive(Transport transport) throws Exception {
    CompletableFuture<Map<String, Integer>> seen = new CompletableFuture<>();
    InetAddress local = InetAddress.ofLiteral("127.0.0.1");
    try (Loops loops = new Loops(transport, 1)) {
      Channel listener =
          new ServerBootstrap()
              .group(loops.group())
              .channelFactory(() -> probing(transport.newServerSocketChannel(local)))
              .childHandler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                      seen.complete(keepaliveOf(accepted));
                    }
                  })
              .bind(new InetSocketAddress(local, 0))
              .sync()
              .channel();
      try (Socket client =
          new Socket(local, ((InetSocketAddress) listener.localAddress()).getPort())) {
        assertThat(client.isConnected()).isTrue();
        assertThat(seen.get(20, TimeUnit.SECONDS))
            .isEqualTo(Map.of("on", 1, "time", 7, "interval", 3, "probes", 4));
      }
    }
  }

  private static ServerSocketChannel probing(ServerSocketChannel listener) {
    Transport.keepAlive(listener, new Keepalive(Duration.ofSeconds(7), Duration.ofSeconds(3), 4));
    return listener;
  }

  private static Map<String, Integer> keepaliveOf(Channel channel) {
    ChannelConfig config = channel.config();
    return Map.of(
        "on", config.getOption(Transport.KEEPALIVE),
        "time", config.getOption(Transport.KEEPALIVE_TIME_SECONDS),
        "interval", config.getOption(Transport.KEEPALIVE_INTERVAL_SECONDS),
        "probes", config.getOption(Transport.KEEPALIVE_PROBES));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsUnavailableSaysWhyAndWhatHelps(Transport transport) {
    assertThat(transport.explain(new UnsatisfiedLinkError("no native library")))
        .contains("can't be used", "no native library", "expected");
  }
}
