package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.fault.FaultExit;
import io.sluice.proxy.fault.OwnFaults;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.PodSignal;
import io.sluice.proxy.transport.Transport;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of its exchanges, one after the other: request objects in, response objects
 * out.
 */
final class DownstreamHandler extends ChannelInboundHandlerAdapter {
  private final DuplexChannel channel;
  private final InterceptedConnection connection;
  private final HttpServices services;
  private final HttpRooms rooms;
  private final BooleanSupplier draining;
  private final RequestDecoder decoder;
  private final ResponseEncoder encoder;

  private @Nullable Exchange exchange;
  private @Nullable Future<?> limit;
  private boolean started;
  private boolean keepAlive = true;
  private boolean client10;
  private boolean served;
  private boolean inputEnded;
  private boolean lingering;

  DownstreamHandler(
      DuplexChannel channel,
      InterceptedConnection connection,
      HttpServices services,
      HttpRooms rooms,
      BooleanSupplier draining,
      RequestDecoder decoder,
      ResponseEncoder encoder) {
    this.channel = channel;
    this.connection = connection;
    this.services = services;
    this.rooms = rooms;
    this.draining = draining;
    this.decoder = decoder;
    this.encoder = encoder;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    if (channel.isActive() && channel.isRegistered()) {
      start();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    start();
  }

  private void start() {
    if (!started) {
      started = true;
      decoder.demandHead();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (lingering || !channel.isActive()) {
      ReferenceCountUtil.release(message);
    } else if (message instanceof HttpRequest request) {
      begin(request);
    } else if (message instanceof HttpContent content && exchange != null) {
      exchange.requestContent(content);
    } else {
      // The empty end of a request that was answered at once.
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(HttpRequest request) {
    if (exchange != null) {
      // Answers would get mixed up: whoever asked for it is wrong.
      throw new IllegalStateException("a request (expected: none before the last one's answer)");
    }
    client10 = Heads.is10(request);
    keepAlive = HttpUtil.isKeepAlive(request);
    encoder.answers(request.method());
    exchange = new Exchange(this, connection, services, rooms, request, decoder.startNanos());
    Optional<Failure.BadRequest> bad = RequestCheck.check(request, services.limits());
    if (bad.isPresent()) {
      exchange.refuse(bad.get());
    } else {
      exchange.start();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (lingering || mayReadAhead()) {
      ctx.read();
    }
    if (exchange != null) {
      exchange.flushUpstream();
    }
    ctx.flush();
  }

  /**
   * Whoever waits for an answer seldom says more: to keep on listening costs nothing, while to stop
   * and begin again costs two system calls a request. Should something come, it is one read.
   */
  private boolean mayReadAhead() {
    return exchange != null && exchange.requestComplete() && !inputEnded && !decoder.hasLeftover();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null && channel.isWritable()) {
      exchange.downstreamWritable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded();
    } else if (event instanceof PodSignal signal) {
      signalled(signal);
    }
  }

  /** The client won't send more, but it may still read: RFC 9112 section 9.6. */
  private void inputEnded() {
    inputEnded = true;
    if (exchange == null || lingering) {
      channel.close();
    } else if (!exchange.requestComplete()) {
      exchange.fail(new Failure.ClientGone());
    } else {
      Exchange running = exchange;
      limit =
          channel
              .eventLoop()
              .schedule(
                  () -> running.fail(new Failure.ClientGone()),
                  services.limits().halfClosedMillis(),
                  TimeUnit.MILLISECONDS);
    }
  }

  private void signalled(PodSignal signal) {
    switch (signal) {
      case DRAIN -> {
        // One that was accepted just now still gets its answer; each answer says close from now on.
        if (exchange == null && served) {
          channel.close();
        }
      }
      case GONE -> {
        if (exchange != null) {
          exchange.fail(new Failure.PodGone(connection.pod().uid()));
        }
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancelLimit();
    if (exchange != null) {
      exchange.fail(new Failure.ClientGone());
    }
    services.upstreams().downstreamClosed(connection, channel.eventLoop());
  }

  /**
   * The other side reset the connection, or a handler of ours is wrong: either way nothing more can
   * be said here.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    OwnFaults.report("the HTTP exchange, client side", cause);
    reset();
  }

  // What the exchange asks for.

  DuplexChannel channel() {
    return channel;
  }

  boolean client10() {
    return client10;
  }

  /** Whether the connection should carry another request, as far as is known now. */
  boolean keepAlive() {
    return keepAlive && !draining.getAsBoolean();
  }

  void demandBody() {
    decoder.demand();
  }

  ChannelFuture write(HttpObject part) {
    return channel.write(part);
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  void flush() {
    channel.flush();
  }

  void reset() {
    Transport.reset(channel);
  }

  /** Writes an answer of our own. */
  ChannelFuture answer(FaultExit.Answer answer, boolean keep) {
    ByteBuf body = ByteBufUtil.writeUtf8(channel.alloc(), answer.body());
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), body);
    if (answer.status() != 204 && answer.status() != 304) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
    }
    if (!keep) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    } else if (client10) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    return channel.writeAndFlush(response);
  }

  /**
   * The exchange has been counted and its response is in the kernel's hands.
   *
   * @param keep the connection may carry another request
   * @param requestComplete whether the client has sent its whole request
   */
  void ended(boolean keep, boolean requestComplete) {
    exchange = null;
    served = true;
    cancelLimit();
    if (!channel.isActive()) {
      return;
    }
    if (keep && requestComplete && !draining.getAsBoolean() && !inputEnded) {
      decoder.demandHead();
    } else if (requestComplete || inputEnded) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else {
      linger();
    }
  }

  /**
   * A close with unread bytes would be a reset, and that can overtake the response: RFC 9112
   * section 9.6.
   */
  private void linger() {
    lingering = true;
    channel.shutdownOutput();
    limit =
        channel
            .eventLoop()
            .schedule(
                () -> channel.close(), services.limits().lingerMillis(), TimeUnit.MILLISECONDS);
    channel.pipeline().remove(decoder);
    channel.read();
  }

  /** The connection becomes one end of a tunnel, which owns the channel from now on. */
  void becomeTunnel(TunnelHandler tunnel) {
    cancelLimit();
    channel.pipeline().addLast("tunnel", tunnel);
    channel.pipeline().remove(this);
    channel.pipeline().remove(encoder);
  }

  /** What came behind the request goes into the tunnel. */
  void passLeftover() {
    channel.pipeline().remove(decoder);
  }

  private void cancelLimit() {
    if (limit != null) {
      limit.cancel(false);
      limit = null;
    }
  }
}
