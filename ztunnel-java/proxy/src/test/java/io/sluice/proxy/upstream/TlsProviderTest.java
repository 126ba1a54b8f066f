package io.sluice.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.proxy.testkit.Clusters;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.Loops;
import io.sluice.proxy.testkit.TlsServer;
import io.sluice.proxy.transport.Transport;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Without BoringSSL the JDK verifies alike, and says alike what is wrong. */
@ExtendWith(LeakWatch.class)
class TlsProviderTest {
  private static final X509Bundle AUTHORITY = TlsServer.authority("Test Authority");

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void aGoodCertificateIsAccepted(SslProvider provider) {
    X509Bundle good = TlsServer.certificate(AUTHORITY, n -> n.addSanDnsName(Clusters.HOST));
    assertThat(handshake(provider, good, List.of())).isEqualTo("http/1.1");
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void aWrongNameIsSaid(SslProvider provider) {
    X509Bundle other = TlsServer.certificate(AUTHORITY, n -> n.addSanDnsName("other.example.com"));
    assertThat(handshake(provider, other, List.of()))
        .contains("not for " + Clusters.HOST + " but for other.example.com");
    assertThat(handshake(provider, other, List.of("other.example.com"))).isEqualTo("http/1.1");
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK", "OPENSSL"})
  void anUnknownAuthorityIsSaid(SslProvider provider) {
    X509Bundle stranger =
        TlsServer.certificate(TlsServer.authority("Stranger"), n -> n.addSanDnsName(Clusters.HOST));
    assertThat(handshake(provider, stranger, List.of())).contains("unknown authority, CN=Stranger");
  }

  /** What ALPN agreed on, or why the handshake failed. */
  private String handshake(SslProvider provider, X509Bundle certificate, List<String> names) {
    String roots = TlsServer.pem(AUTHORITY, directory);
    TlsKey key = new TlsKey(new UpstreamTls("", names, Optional.of(roots), false), true);
    CompletableFuture<TlsContexts.Built> built = new CompletableFuture<>();
    new TlsContexts(TlsSettings.DEFAULT, Runnable::run, provider).get(key, built::complete);
    SslContext context = ((TlsContexts.Built.Ready) built.join()).context();
    CompletableFuture<String> outcome = new CompletableFuture<>();
    try (Loops loops = new Loops(Transport.EPOLL, 1);
        TlsServer server = TlsServer.echo(certificate)) {
      Channel channel =
          new Bootstrap()
              .group(loops.group())
              .channelFactory(() -> Transport.EPOLL.newSocketChannel(server.address().getAddress()))
              .handler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel ch) {
                      ch.pipeline().addLast(handler(context, ch, outcome)).addLast(new Quiet());
                    }
                  })
              .connect(server.address())
              .syncUninterruptibly()
              .channel();
      String said = UpstreamBench.await(outcome);
      channel.close().syncUninterruptibly();
      return said;
    }
  }

  private static SslHandler handler(
      SslContext context, Channel channel, CompletableFuture<String> outcome) {
    SslHandler handler = context.newHandler(channel.alloc(), Clusters.HOST, 443);
    handler
        .handshakeFuture()
        .addListener(done ->
            outcome.complete(
                done.isSuccess()
                    ? String.valueOf(handler.applicationProtocol())
                    : TlsFaults.reason(done.cause())));
    return handler;
  }

  private static final class Quiet extends ChannelInboundHandlerAdapter {
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // The handshake's future has it.
    }
  }
}
