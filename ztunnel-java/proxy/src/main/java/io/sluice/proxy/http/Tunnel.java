package io.sluice.proxy.http;

import io.netty.channel.socket.DuplexChannel;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.upstream.UpstreamConnection;

/** Two channels that pass each other's bytes on: after 101 or CONNECT. */
final class Tunnel {
  /** Called once, when both channels are closed. */
  @FunctionalInterface
  interface Closed {
    void closed(ResponseFlag flag, long bytesFromClient, long bytesToClient);
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
    TunnelHandler fromClient = new TunnelHandler(client, server, ResponseFlag.DOWNSTREAM_CLOSED);
    TunnelHandler fromServer = new TunnelHandler(server, client, ResponseFlag.UPSTREAM_RESET);
    client
        .closeFuture()
        .addListener(_ ->
            server
                .closeFuture()
                .addListener(_ -> {
                  upstream.discard();
                  closed.closed(
                      fromClient.flag() == ResponseFlag.NONE
                          ? fromServer.flag()
                          : fromClient.flag(),
                      fromClient.bytes(),
                      fromServer.bytes());
                }));
    upstreamHandler.becomeTunnel(fromServer);
    downstream.becomeTunnel(fromClient);
    // Only now: neither side has an HTTP encoder any more.
    upstreamHandler.passLeftover();
    downstream.passLeftover();
    // And only behind the bytes an end that had come with them.
    fromClient.begin();
    fromServer.begin();
  }
}
