package io.sluice.proxy.http;

import io.netty.channel.socket.DuplexChannel;
import io.sluice.proxy.upstream.UpstreamConnection;

/** Two channels that pass each other's bytes on: after 101 or CONNECT. */
final class Tunnel {
  /** Called once, when both channels are closed. */
  @FunctionalInterface
  interface Closed {
    void closed(long bytesFromClient, long bytesToClient);
  }

  private Tunnel() {}

  /**
   * Takes both channels over from their HTTP handlers; bytes that came behind the heads go first.
   */
  static void open(
      DownstreamHandler downstream,
      UpstreamHandler upstreamHandler,
      UpstreamConnection upstream,
      Closed closed) {
    DuplexChannel client = downstream.channel();
    DuplexChannel server = (DuplexChannel) upstream.channel();
    TunnelHandler fromClient = new TunnelHandler(server);
    TunnelHandler fromServer = new TunnelHandler(client);
    client
        .closeFuture()
        .addListener(_ ->
            server
                .closeFuture()
                .addListener(_ -> {
                  upstream.discard();
                  closed.closed(fromClient.bytes(), fromServer.bytes());
                }));
    upstreamHandler.becomeTunnel(fromServer);
    downstream.becomeTunnel(fromClient);
    // Only now: neither side has an HTTP encoder any more.
    upstreamHandler.passLeftover();
    downstream.passLeftover();
    client.read();
    server.read();
  }
}
