package io.sluice.proxy.detect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds the first bytes until they tell what they are, or until the time is over; then goes, and
 * passes them on.
 */
final class SniffHandler extends ChannelInboundHandlerAdapter {
  private final long limitMillis;
  private final Consumer<Protocol> then;
  private ByteBuf held = Unpooled.EMPTY_BUFFER;
  private @Nullable Future<?> limit;
  private boolean started;
  private boolean decided;

  SniffHandler(long limitMillis, Consumer<Protocol> then) {
    this.limitMillis = limitMillis;
    this.then = then;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (ctx.channel().isActive() && ctx.channel().isRegistered()) {
      start(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    start(ctx);
    ctx.fireChannelActive();
  }

  private void start(ChannelHandlerContext ctx) {
    if (started) {
      return;
    }
    started = true;
    limit =
        ctx.executor()
            .schedule(() -> decide(ctx, Protocol.OPAQUE), limitMillis, TimeUnit.MILLISECONDS);
    ctx.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    held = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, (ByteBuf) message);
    Optional<Protocol> protocol = FirstBytes.detect(held);
    if (protocol.isPresent()) {
      decide(ctx, protocol.get());
    } else {
      ctx.read();
    }
  }

  /** The client has said all it will say: what came can't become anything else. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      decide(ctx, Protocol.OPAQUE);
    }
    ctx.fireUserEventTriggered(event);
  }

  private void decide(ChannelHandlerContext ctx, Protocol protocol) {
    if (decided || ctx.isRemoved() || !ctx.channel().isActive()) {
      return;
    }
    decided = true;
    then.accept(protocol);
    ByteBuf first = held;
    held = Unpooled.EMPTY_BUFFER;
    if (first.isReadable()) {
      ctx.fireChannelRead(first);
      ctx.fireChannelReadComplete();
    } else {
      first.release();
    }
    ctx.pipeline().remove(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (limit != null) {
      limit.cancel(false);
    }
    held.release();
    held = Unpooled.EMPTY_BUFFER;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
