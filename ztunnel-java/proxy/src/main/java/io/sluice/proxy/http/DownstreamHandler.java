package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.fault.FaultExit;
import io.sluice.proxy.fault.OwnFaults;
import io.sluice.proxy.http.head.BadMessageException;
import io.sluice.proxy.http.head.RequestHead;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.PodSignal;
import io.sluice.proxy.transport.Transport;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of its exchanges, one after the other: request objects in, response objects
 * out.
 */
final class DownstreamHandler extends ChannelInboundHandlerAdapter
    implements PullDecoder.Sink<RequestHead> {
  private final DuplexChannel channel;
  private final InterceptedConnection connection;
  private final HttpServices services;
  private final HttpRooms rooms;
  private final BooleanSupplier draining;
  private final RequestDecoder decoder;
  private final Outgoing outgoing;
  private @Nullable DeadlineTimer timer;

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
      BooleanSupplier draining) {
    this.channel = channel;
    this.connection = connection;
    this.services = services;
    this.rooms = rooms;
    this.draining = draining;
    this.decoder = new RequestDecoder(services.limits(), services.nanoClock(), this);
    this.outgoing = new Outgoing(channel);
  }

  /** Goes before it. */
  RequestDecoder decoder() {
    return decoder;
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
      decoder.demand();
    }
  }

  /** Only while it lingers: then there is no decoder before it. */
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void head(RequestHead head) {
    if (channel.isActive()) {
      begin(head, true).start();
    }
  }

  @Override
  public void piece(ByteBuf piece, long bodyBytes, boolean last) {
    Exchange running = exchange;
    if (running == null || !channel.isActive()) {
      piece.release();
    } else {
      running.requestPiece(piece, bodyBytes, last);
    }
  }

  @Override
  public void bad(BadMessageException why) {
    if (!channel.isActive()) {
      return;
    }
    Exchange running = exchange;
    Failure refused = new Failure.BadRequest(why.status(), why.reason());
    if (running == null) {
      begin(decoder.head(), false).fail(refused);
    } else {
      running.fail(refused);
    }
  }

  private Exchange begin(RequestHead head, boolean whole) {
    if (exchange != null) {
      // Answers would get mixed up: whoever asked for it is wrong.
      throw new IllegalStateException("a request (expected: none before the last one's answer)");
    }
    client10 = whole && head.is10();
    keepAlive = whole && head.keepsAlive();
    Exchange begun =
        new Exchange(this, connection, services, rooms, head, whole, decoder.startNanos());
    exchange = begun;
    return begun;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (lingering || mayReadAhead()) {
      ctx.read();
    }
    if (exchange != null) {
      exchange.flushUpstream();
    }
    outgoing.flush();
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
    outgoing.drop();
    if (timer != null) {
      timer.close();
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

  /** Of the exchange that is under way. */
  DeadlineTimer timer() {
    DeadlineTimer there = timer;
    if (there == null) {
      there = new DeadlineTimer(channel.eventLoop(), this::late);
      timer = there;
    }
    return there;
  }

  private void late() {
    if (exchange != null) {
      exchange.late();
    }
  }

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

  /** Whether a read is being taken apart: its end flushes. */
  boolean isDecoding() {
    return decoder.isDecoding();
  }

  ByteBuf buffer(int headBytes) {
    return outgoing.buffer(headBytes);
  }

  void writeHead(ByteBuf head) {
    outgoing.head(head);
  }

  void write(ByteBuf piece) {
    outgoing.piece(piece);
  }

  /** The end of a response. */
  ChannelFuture writeLast(ByteBuf piece) {
    return outgoing.last(piece);
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  void flush() {
    outgoing.flush();
  }

  void reset() {
    Transport.reset(channel);
  }

  /** Writes an answer of our own to a request of that method. */
  ChannelFuture answer(FaultExit.Answer answer, String method, boolean keep) {
    ByteBuf bytes = OwnAnswers.bytes(channel.alloc(), answer, method, client10, keep);
    ChannelFuture written = outgoing.last(bytes);
    outgoing.flush();
    return written;
  }

  /**
   * The exchange has been counted and its response is in the kernel's hands.
   *
   * @param keep the connection may carry another request
   * @param requestComplete whether the client has sent its whole request
   */
  void ended(boolean keep, boolean requestComplete) {
    exchange = null;
    decoder.forget();
    served = true;
    cancelLimit();
    if (!channel.isActive()) {
      return;
    }
    if (keep && requestComplete && !draining.getAsBoolean() && !inputEnded) {
      decoder.demand();
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
