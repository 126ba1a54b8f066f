package io.sluice.proxy.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.sluice.proxy.transport.Transport;
import org.jspecify.annotations.Nullable;

/** One of the two channels of a coupling: reads for the other side, writes what that has read. */
final class Side extends ChannelInboundHandlerAdapter {
  private final Coupling coupling;
  private final Channel channel;
  private @Nullable Side other;
  private boolean inputEnded;
  private boolean outputEnded;
  private long readBytes;
  private long unwrittenBytes;

  Side(Coupling coupling, Channel channel, TcpSettings settings) {
    this.coupling = coupling;
    this.channel = channel;
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel
        .config()
        .setWriteBufferWaterMark(
            new WriteBufferWaterMark(settings.bufferLowBytes(), settings.bufferHighBytes()));
  }

  Channel channel() {
    return channel;
  }

  /** Bytes that were read from it since the last call. */
  long takeReadBytes() {
    long taken = readBytes;
    readBytes = 0;
    return taken;
  }

  /**
   * It was reset, and nobody has noticed: because nobody reads it (any more, or for now), or
   * because io_uring did not tell. One from which bytes came since the last look is not asked, for
   * that is a system call; one that is through looks dead, but its last bytes may still wait to be
   * written to the other.
   */
  boolean isDead() {
    boolean quiet = readBytes == 0 || other == null;
    return quiet && !isOver() && Transport.isDead((SocketChannel) channel);
  }

  /** Both ways are over. */
  boolean isOver() {
    return inputEnded && outputEnded;
  }

  /** The other's end was passed on to it, behind the last byte. */
  boolean knowsOfEnd() {
    return outputEnded;
  }

  /** Whether bytes wait to be written to it. */
  boolean hasUnwritten() {
    return waitingBytes() > 0;
  }

  /**
   * Whether it has taken bytes since the last call while none came: what is left of them is less.
   */
  boolean hasDrained() {
    long before = unwrittenBytes;
    unwrittenBytes = waitingBytes();
    return unwrittenBytes < before;
  }

  private long waitingBytes() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  /** From now on each reads for the other. */
  void coupleWith(Side to) {
    other = to;
    if (inputEnded) {
      to.endOutput();
    }
    readOnlyIfTaken(to);
  }

  /** Passes on bytes that were read before there was another side; takes them over. */
  void write(ByteBuf bytes) {
    channel.write(bytes, channel.voidPromise());
  }

  void flush() {
    channel.flush();
  }

  /** Counts bytes that were read from it elsewhere. */
  void count(int bytes) {
    readBytes += bytes;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
      return;
    }
    readBytes += bytes.readableBytes();
    Side to = other;
    if (to == null) {
      if (coupling.early(bytes)) {
        ctx.read();
      }
      return;
    }
    to.write(bytes);
    if (!to.channel.isWritable()) {
      // It may only be that nothing was flushed yet in this round of reads.
      to.flush();
      readOnlyIfTaken(to);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Side to = other;
    if (to != null) {
      to.flush();
      coupling.moved();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Side from = other;
    if (from != null) {
      from.readOnlyIfTaken(this);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownReadComplete.INSTANCE
        || event instanceof SslCloseCompletionEvent) {
      endInput();
    } else if (event == EarlyServer.Event.IDLE) {
      coupling.idle();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    coupling.broken(this, cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    coupling.gone();
  }

  /** The last byte was read. */
  void endInput() {
    if (inputEnded) {
      return;
    }
    inputEnded = true;
    Side to = other;
    if (to != null) {
      to.endOutput();
    }
  }

  private void endOutput() {
    // Shutting down drops what still waits: this promise comes after it.
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> shutDownOutput());
  }

  private void shutDownOutput() {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    ChannelFuture shut =
        tls == null ? ((DuplexChannel) channel).shutdownOutput() : tls.closeOutbound();
    shut.addListener(done -> {
      outputEnded = true;
      coupling.endIfOver();
    });
  }

  private void readOnlyIfTaken(Side to) {
    if (channel.isOpen()) {
      channel.config().setAutoRead(to.channel.isWritable() && !inputEnded);
    }
  }
}
