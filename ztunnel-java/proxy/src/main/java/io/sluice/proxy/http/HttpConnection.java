package io.sluice.proxy.http;

import io.netty.channel.socket.DuplexChannel;
import io.sluice.proxy.intercept.InterceptedConnection;
import java.util.function.BooleanSupplier;

/** Serves HTTP/1 on an accepted connection. */
public final class HttpConnection {
  private HttpConnection() {}

  /**
   * Adds its handlers behind those that are there. From then on the channel belongs to them.
   *
   * @param channel auto-read off, half-closure allowed
   * @param draining whether the pod is being let go of gently: then each response closes
   */
  public static void serve(
      DuplexChannel channel,
      InterceptedConnection connection,
      HttpServices services,
      HttpRooms rooms,
      BooleanSupplier draining) {
    DownstreamHandler handler =
        new DownstreamHandler(channel, connection, services, rooms, draining);
    channel.pipeline().addLast("http-decoder", handler.decoder()).addLast("http", handler);
  }
}
