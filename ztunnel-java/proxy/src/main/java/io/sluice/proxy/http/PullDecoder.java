package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectDecoder;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/**
 * Decodes one message head or piece of body for each {@link #demand()}. What comes meanwhile stays
 * in bytes: the rest of one read, so that nothing has to be queued behind it. A head without body
 * and its end come together.
 *
 * <p>The end of input waits its turn behind the bytes that came before it. Event loop only.
 */
abstract class PullDecoder extends HttpObjectDecoder {
  private ChannelHandlerContext context;
  private boolean wanted;
  private boolean decoding;
  private boolean pumping;
  private boolean closed;
  private boolean endIsHeld;
  private long emitted;

  @SuppressWarnings("NullAway.Init") // handlerAdded comes before everything else.
  PullDecoder(HttpLimits limits) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(limits.startLineBytesMax())
            .setMaxHeaderSize(limits.headerBytesMax())
            .setMaxChunkSize(limits.pieceBytesMax()));
  }

  /** One more, please. Idempotent until it has come. */
  final void demand() {
    wanted = true;
    if (!decoding && !pumping) {
      pump();
    }
  }

  /** Whether bytes are here that nobody has asked for yet. */
  final boolean hasLeftover() {
    return internalBuffer().isReadable();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    decoding = true;
    try {
      super.channelRead(ctx, message);
    } finally {
      decoding = false;
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    if (!wanted && !closed) {
      return;
    }
    int before = out.size();
    super.decode(ctx, buffer, out);
    if (out.size() > before) {
      wanted = false;
      emitted++;
    }
  }

  /**
   * Not the superclass's: that one reads on whenever nothing was emitted, also when nothing was
   * wanted.
   */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    discardSomeReadBytes();
    ctx.fireChannelReadComplete();
    if (wanted && !pumping) {
      pump();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof ChannelInputShutdownEvent && !wanted && hasLeftover()) {
      endIsHeld = true;
    } else {
      super.userEventTriggered(ctx, event);
    }
  }

  /** Nothing will be there to ask later: what came goes out now. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    closed = true;
    super.channelInactive(ctx);
  }

  /** Only HTTP of one digit each: whoever sends anything else means another protocol. */
  static HttpVersion version(String text) {
    if (text.equals(HttpVersion.HTTP_1_1.text())) {
      return HttpVersion.HTTP_1_1;
    }
    if (text.equals(HttpVersion.HTTP_1_0.text())) {
      return HttpVersion.HTTP_1_0;
    }
    if (!text.matches("HTTP/[0-9]\\.[0-9]")) {
      throw new IllegalArgumentException("HTTP version: '" + text + "' (expected: HTTP/1.1)");
    }
    return HttpVersion.valueOf(text);
  }

  /**
   * A loop and not a recursion: an answer that is written at once demands the next request from
   * within.
   */
  private void pump() {
    pumping = true;
    try {
      long before = -1;
      while (wanted && hasLeftover() && emitted != before && !context.isRemoved()) {
        before = emitted;
        channelRead(context, Unpooled.EMPTY_BUFFER);
        context.fireChannelReadComplete();
      }
      if (wanted && !context.isRemoved()) {
        readOn();
      }
    } catch (Exception e) {
      context.fireExceptionCaught(e);
    } finally {
      pumping = false;
    }
  }

  private void readOn() throws Exception {
    if (endIsHeld) {
      endIsHeld = false;
      super.userEventTriggered(context, ChannelInputShutdownEvent.INSTANCE);
    } else {
      context.read();
    }
  }
}
