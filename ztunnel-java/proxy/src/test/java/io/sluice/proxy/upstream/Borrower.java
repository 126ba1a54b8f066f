package io.sluice.proxy.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.Loops;
import java.nio.charset.StandardCharsets;

/** Uses a lent connection as an exchange would. */
final class Borrower {
  private Borrower() {}

  /** Writes a text to an echo server and reads it back, as a borrower would. */
  static String exchange(UpstreamConnection connection, String text) {
    Channel channel = connection.channel();
    Received received =
        Loops.on(
            channel.eventLoop(),
            () -> {
              Received former = channel.pipeline().get(Received.class);
              Received handler = former == null ? new Received() : former;
              if (former == null) {
                channel.pipeline().addLast(handler);
              }
              handler.text.setLength(0);
              channel.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
              channel.read();
              return handler;
            });
    Eventually.until(
        "the echo",
        () -> Loops.on(channel.eventLoop(), () -> received.text.length() == text.length()));
    return Loops.on(channel.eventLoop(), received.text::toString);
  }

  static final class Received extends ChannelInboundHandlerAdapter {
    final StringBuilder text = new StringBuilder();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      text.append(bytes.toString(StandardCharsets.US_ASCII));
      bytes.release();
      ctx.read();
    }
  }
}
