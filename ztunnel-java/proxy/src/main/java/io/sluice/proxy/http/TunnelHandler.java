package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.sluice.proxy.intercept.PodSignal;
import io.sluice.proxy.transport.Transport;

/**
 * One direction: what is read here is written to the peer, and no more is read than the peer takes.
 */
final class TunnelHandler extends ChannelInboundHandlerAdapter {
  private final DuplexChannel peer;
  private long bytes;
  private boolean ended;

  TunnelHandler(DuplexChannel peer) {
    this.peer = peer;
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel() instanceof DuplexChannel channel && channel.isInputShutdown()) {
      inputEnded();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf buffer) {
      bytes += buffer.readableBytes();
      peer.write(buffer);
    } else {
      // The empty end of the message that opened the tunnel.
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    peer.flush();
    if (peer.isWritable()) {
      ctx.read();
    }
  }

  /** This side has room again: the peer may be read. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable()) {
      peer.read();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded();
    } else if (event == PodSignal.GONE) {
      Transport.reset(peer);
    }
  }

  /** Half closed: the other direction goes on until it ends too. */
  private void inputEnded() {
    if (!ended) {
      ended = true;
      peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> endOutput());
    }
  }

  private void endOutput() {
    if (peer.isInputShutdown()) {
      peer.close();
    } else {
      peer.shutdownOutput();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** One side was reset: so is the other. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Transport.reset(peer);
    Transport.reset(ctx.channel());
  }
}
