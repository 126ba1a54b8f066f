package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.sluice.proxy.fault.OwnFaults;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.intercept.PodSignal;
import io.sluice.proxy.transport.Transport;

/**
 * One direction: what is read here is written to the peer, and no more is read than the peer takes.
 */
final class TunnelHandler extends ChannelInboundHandlerAdapter {
  private final DuplexChannel channel;
  private final DuplexChannel peer;
  private final ResponseFlag whenReset;
  private ResponseFlag flag = ResponseFlag.NONE;
  private long bytes;
  private boolean inputEnded;

  /**
   * @param channel that is read here
   * @param whenReset what its reset means for the exchange
   */
  TunnelHandler(DuplexChannel channel, DuplexChannel peer, ResponseFlag whenReset) {
    this.channel = channel;
    this.peer = peer;
    this.whenReset = whenReset;
  }

  /** Why it ended, as far as this side knows. */
  ResponseFlag flag() {
    return flag;
  }

  long bytes() {
    return bytes;
  }

  /** All that came before is on its way. */
  void begin() {
    if (channel.isInputShutdown()) {
      endInput();
    } else {
      channel.read();
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
    if (channel.isWritable()) {
      peer.read();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      endInput();
    } else if (event == PodSignal.GONE) {
      flag = ResponseFlag.LOCAL_RESET;
      Transport.reset(peer);
    }
  }

  /** Half closed: the other direction goes on until it ends too. */
  private void endInput() {
    if (!inputEnded) {
      inputEnded = true;
      peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> endPeersOutput());
    }
  }

  private void endPeersOutput() {
    if (peer.pipeline().get(TunnelHandler.class) instanceof TunnelHandler other) {
      other.endOutput();
    }
  }

  private void endOutput() {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (inputEnded) {
      channel.close();
    } else if (tls != null) {
      tls.closeOutbound();
    } else {
      channel.shutdownOutput();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** One side was reset: so is the other. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    OwnFaults.report("an HTTP tunnel", cause);
    flag = whenReset;
    Transport.reset(peer);
    Transport.reset(channel);
  }
}
