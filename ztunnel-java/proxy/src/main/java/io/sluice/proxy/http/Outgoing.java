package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.VoidChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * What is written to one channel: a small piece of a body joins the head before it, so that both
 * leave in one buffer. Event loop only.
 */
final class Outgoing {
  /** Larger pieces go on as they are: to copy them would cost more than a second buffer. */
  private static final int JOINED_BYTES_MAX = 2048;

  private final Channel channel;
  private final ChannelPromise unheard;
  private @Nullable ByteBuf waiting;

  Outgoing(Channel channel) {
    this.channel = channel;
    // A write that fails is seen as the connection's end; no exception, for a response may be
    // there.
    this.unheard = new VoidChannelPromise(channel, false);
  }

  /** A buffer for a head and a small piece behind it. */
  ByteBuf buffer(int headBytes) {
    return channel.alloc().ioBuffer(headBytes + JOINED_BYTES_MAX);
  }

  /** Takes over a head, which {@link #flush} sends at the latest. */
  void head(ByteBuf head) {
    send();
    waiting = head;
  }

  /** Takes over a piece. */
  void piece(ByteBuf piece) {
    if (!join(piece)) {
      send();
      channel.write(piece, unheard);
    }
  }

  /**
   * Takes over the end of a message.
   *
   * @return done when it is in the kernel's hands
   */
  ChannelFuture last(ByteBuf piece) {
    ByteBuf head = waiting;
    if (head != null && join(piece)) {
      waiting = null;
      return channel.write(head);
    }
    send();
    return channel.write(piece);
  }

  private boolean join(ByteBuf piece) {
    ByteBuf head = waiting;
    int bytes = piece.readableBytes();
    if (head == null || bytes > JOINED_BYTES_MAX || bytes > head.writableBytes()) {
      return false;
    }
    head.writeBytes(piece, piece.readerIndex(), bytes);
    piece.release();
    return true;
  }

  private void send() {
    ByteBuf head = waiting;
    if (head != null) {
      waiting = null;
      channel.write(head, unheard);
    }
  }

  void flush() {
    send();
    channel.flush();
  }

  /** The channel is closed. */
  void drop() {
    ByteBuf head = waiting;
    if (head != null) {
      waiting = null;
      head.release();
    }
  }
}
