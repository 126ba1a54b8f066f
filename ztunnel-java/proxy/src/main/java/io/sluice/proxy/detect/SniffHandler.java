package io.sluice.proxy.detect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import io.sluice.proxy.fault.OwnFaults;
import io.sluice.proxy.intercept.PodSignal;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds the first bytes until they tell what they are, the time is over, or the server has spoken;
 * then goes. What it does not hold it passes on.
 */
final class SniffHandler extends ChannelInboundHandlerAdapter {
  private final Look.Expected expected;
  private final long limitMillis;
  private final long serverFirstMillis;
  private final Detection.Outcome outcome;
  private ByteBuf held = Unpooled.EMPTY_BUFFER;

  /** One at a time: for silence first, then for bytes that can be two things. */
  private @Nullable Future<?> timer;

  private boolean started;
  private boolean silent;
  private boolean over;
  private boolean handedOver;

  SniffHandler(
      Look.Expected expected, long limitMillis, long serverFirstMillis, Detection.Outcome outcome) {
    this.expected = expected;
    this.limitMillis = limitMillis;
    this.serverFirstMillis = serverFirstMillis;
    this.outcome = outcome;
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
    if (expected.serverMayBeFirst()) {
      after(ctx, serverFirstMillis, () -> silent(ctx));
    }
    ctx.read();
  }

  private void silent(ChannelHandlerContext ctx) {
    if (!over) {
      silent = true;
      outcome.silent(() -> decideNow(ctx));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (over) {
      ctx.fireChannelRead(message);
      return;
    }
    boolean first = !held.isReadable();
    held = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, (ByteBuf) message);
    Optional<Detected> found = expected.detect(held);
    if (found.isPresent()) {
      decide(ctx, found.get());
      return;
    }
    if (first && held.isReadable()) {
      cancelTimer();
      after(ctx, limitMillis, () -> decideNow(ctx));
    }
    ctx.read();
  }

  /** The client has said all it will say. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || endsBoth(event)) {
      decideNow(ctx);
    }
    ctx.fireUserEventTriggered(event);
  }

  /** Where a server is open already, what couples the two ends them as it should be. */
  private boolean endsBoth(Object event) {
    return event == PodSignal.GONE && silent;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (silent && OwnFaults.isOfTheNetwork(cause)) {
      decideNow(ctx);
    }
    if (handedOver) {
      ctx.fireExceptionCaught(cause);
    } else {
      OwnFaults.report("detection", cause);
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!over) {
      over = true;
      cancelTimer();
      outcome.gone();
    }
    ctx.fireChannelInactive();
  }

  private void decideNow(ChannelHandlerContext ctx) {
    if (!over) {
      decide(ctx, expected.soFar(held));
    }
  }

  private void decide(ChannelHandlerContext ctx, Detected protocol) {
    if (ctx.isRemoved() || !ctx.channel().isActive()) {
      return;
    }
    over = true;
    cancelTimer();
    ByteBuf first = held;
    held = Unpooled.EMPTY_BUFFER;
    try {
      outcome.detected(protocol, first);
    } catch (RuntimeException e) {
      first.release();
      outcome.gone();
      OwnFaults.report("what follows detection", e);
      ctx.close();
      return;
    }
    handedOver = true;
    // Only now: what comes through here right now must find the handlers that were added.
    if (!ctx.isRemoved()) {
      ctx.pipeline().remove(this);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    cancelTimer();
    held.release();
    held = Unpooled.EMPTY_BUFFER;
  }

  private void after(ChannelHandlerContext ctx, long millis, Runnable then) {
    timer =
        ctx.executor()
            .schedule(
                () -> {
                  try {
                    then.run();
                  } catch (RuntimeException e) {
                    // Who fails by a timer must not leave a connection that nobody owns.
                    exceptionCaught(ctx, e);
                  }
                },
                millis,
                TimeUnit.MILLISECONDS);
  }

  private void cancelTimer() {
    Future<?> running = timer;
    if (running != null) {
      running.cancel(false);
      timer = null;
    }
  }
}
