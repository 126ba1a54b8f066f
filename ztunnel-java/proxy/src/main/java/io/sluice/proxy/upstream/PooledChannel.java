package io.sluice.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.sluice.proxy.doors.LocalPod;
import io.sluice.proxy.transport.Transport;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connected channel over all its leases, and at the same time its first handler behind TLS: while
 * nobody has it, whatever arrives is out of place and closes it.
 */
final class PooledChannel extends ChannelInboundHandlerAdapter {
  private final Channel channel;
  private final PodPool pod;
  private final PoolKey key;
  private final Optional<LocalPod> straightTo;
  private @Nullable Lease lease;
  private boolean idle;
  private long idleSinceNanos;
  private boolean usedBefore;

  PooledChannel(Channel channel, PodPool pod, PoolKey key, Optional<LocalPod> straightTo) {
    this.channel = channel;
    this.pod = pod;
    this.key = key;
    this.straightTo = straightTo;
  }

  Channel channel() {
    return channel;
  }

  PoolKey key() {
    return key;
  }

  /** It stays what it was when it was dialled. */
  Optional<LocalPod> straightTo() {
    return straightTo;
  }

  /** Whether it passed over a pod's side that has been let go of since. */
  boolean isOutdated() {
    return straightTo.isPresent() && !straightTo.get().steered();
  }

  long idleSinceNanos() {
    return idleSinceNanos;
  }

  /** Whether a lease has ended with a release. */
  boolean usedBefore() {
    return usedBefore;
  }

  void lend(Lease to) {
    idle = false;
    lease = to;
  }

  /** Nobody has it from now on. A read is asked for, so that its end is seen. */
  void rest(long nowNanos) {
    lease = null;
    idle = true;
    usedBefore = true;
    idleSinceNanos = nowNanos;
    channel.config().setAutoRead(false);
    channel.read();
  }

  /** Closes it in an orderly way. */
  void close() {
    idle = false;
    lease = null;
    channel.close();
  }

  /** Closes it with a reset. */
  void reset() {
    idle = false;
    lease = null;
    Transport.reset(channel);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (idle) {
      ReferenceCountUtil.release(message);
      pod.dropIdle(this);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!idle) {
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (idle && isEndOfInput(event)) {
      pod.dropIdle(this);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  private static boolean isEndOfInput(Object event) {
    return event instanceof ChannelInputShutdownEvent
        || event instanceof ChannelInputShutdownReadComplete
        || event instanceof SslCloseCompletionEvent;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (idle) {
      pod.dropIdle(this);
    }
    Lease borrower = lease;
    if (borrower != null) {
      borrower.end();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (idle) {
      pod.dropIdle(this);
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
