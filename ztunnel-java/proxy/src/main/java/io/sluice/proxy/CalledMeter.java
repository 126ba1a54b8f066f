package io.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.sluice.proxy.fault.OwnFaults;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.telemetry.MeshTelemetry.TcpEdge;

/**
 * Counts a connection for the called side where TLS is added on the caller's: its bytes as they
 * cross the network, which are all that the called side would have seen. The first handler of the
 * upstream channel; its event loop.
 */
final class CalledMeter extends ChannelDuplexHandler {
  private final TcpEdge called;
  private long received;
  private long sent;
  private boolean over;

  /** A reset by the caller's side is the one end that nothing here is told of before. */
  private ResponseFlag flag = ResponseFlag.DOWNSTREAM_CLOSED;

  CalledMeter(TcpEdge called) {
    this.called = called;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    called.opened();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      sent += bytes.readableBytes();
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    report();
    ctx.fireChannelReadComplete();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (message instanceof ByteBuf bytes) {
      received += bytes.readableBytes();
    }
    ctx.write(message, promise);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    report();
    ctx.flush();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      flag = ResponseFlag.NONE;
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (flag == ResponseFlag.DOWNSTREAM_CLOSED) {
      flag = ResponseFlag.NONE;
    }
    ctx.close(promise);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (OwnFaults.isOfTheNetwork(cause)) {
      flag = ResponseFlag.UPSTREAM_RESET;
    }
    ctx.fireExceptionCaught(cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!over) {
      over = true;
      report();
      called.closed(flag);
    }
    ctx.fireChannelInactive();
  }

  private void report() {
    if (received > 0 || sent > 0) {
      called.bytes(received, sent);
      received = 0;
      sent = 0;
    }
  }
}
