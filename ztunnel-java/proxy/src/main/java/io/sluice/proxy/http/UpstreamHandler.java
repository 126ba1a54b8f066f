package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.sluice.proxy.fault.OwnFaults;
import io.sluice.proxy.http.head.BadMessageException;
import io.sluice.proxy.http.head.ResponseHead;
import org.jspecify.annotations.Nullable;

/** The upstream's side: stays on the connection over its exchanges, one at a time. */
final class UpstreamHandler extends ChannelInboundHandlerAdapter
    implements PullDecoder.Sink<ResponseHead> {
  private static final String NAME = "http-upstream";

  private final Channel channel;
  private final ResponseDecoder decoder;
  private final Outgoing outgoing;
  private @Nullable Exchange exchange;
  private boolean written;
  private boolean inputEnded;
  private boolean tlsEnded;
  private boolean reset;

  private UpstreamHandler(Channel channel, HttpLimits limits) {
    this.channel = channel;
    this.decoder = new ResponseDecoder(limits, this);
    this.outgoing = new Outgoing(channel);
  }

  /** The channel's own; added at its first exchange. */
  static UpstreamHandler of(Channel channel, HttpLimits limits) {
    if (channel.pipeline().get(NAME) instanceof UpstreamHandler there) {
      return there;
    }
    UpstreamHandler handler = new UpstreamHandler(channel, limits);
    // A response that came before the close must stay readable, at the client's pace: also when a
    // write has failed.
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel.config().setAutoClose(false);
    channel.pipeline().addLast("http-response-decoder", handler.decoder).addLast(NAME, handler);
    return handler;
  }

  void begin(Exchange begun, String method) {
    exchange = begun;
    written = false;
    decoder.expect(method);
  }

  void end() {
    decoder.forget();
    exchange = null;
  }

  ByteBuf buffer(int headBytes) {
    return outgoing.buffer(headBytes);
  }

  void writeHead(ByteBuf head) {
    written = true;
    outgoing.head(head);
  }

  void write(ByteBuf piece) {
    outgoing.piece(piece);
  }

  void flush() {
    outgoing.flush();
  }

  boolean isWritable() {
    return channel.isWritable();
  }

  /** Whether anything of the request was handed to the kernel. */
  boolean hasWritten() {
    return written;
  }

  /** Whether nothing but the response came, and the other side still listens. */
  boolean isClean() {
    // The socket is asked too: the decoder may still hold the end back.
    return !inputEnded
        && !tlsEnded
        && !decoder.hasLeftover()
        && channel.isActive()
        && !(channel instanceof DuplexChannel duplex && duplex.isInputShutdown());
  }

  /** The next piece of the response, please. */
  void demand() {
    if (inputEnded && !decoder.hasLeftover()) {
      closed();
    } else {
      decoder.demand();
    }
  }

  void dropFraming() {
    decoder.dropFraming();
  }

  @Override
  public void head(ResponseHead head) {
    Exchange running = exchange;
    if (running == null) {
      nobodyAsked();
    } else {
      running.responseHead(head);
    }
  }

  @Override
  public void piece(ByteBuf piece, long bodyBytes, boolean last) {
    Exchange running = exchange;
    if (running == null) {
      piece.release();
      nobodyAsked();
    } else {
      running.responsePiece(piece, bodyBytes, last);
    }
  }

  @Override
  public void bad(BadMessageException why) {
    Exchange running = exchange;
    if (running == null) {
      nobodyAsked();
    } else {
      running.undecodable(why);
    }
  }

  /** No exchange may be answered with it later. */
  private void nobodyAsked() {
    channel.close();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.flushDownstream();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null && channel.isWritable()) {
      exchange.upstreamWritable();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      closed();
    } else if (event instanceof SslCloseCompletionEvent) {
      tlsEnded = true;
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    inputEnded = true;
    outgoing.drop();
    closed();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    OwnFaults.report("the HTTP exchange, upstream side", cause);
    reset = true;
    closed();
    ctx.close();
  }

  /**
   * What was decoded has been delivered: the response is not complete, or the connection is idle.
   */
  private void closed() {
    if (exchange == null) {
      channel.close();
    } else {
      exchange.upstreamClosed(reset);
    }
  }

  /** The channel becomes one end of a tunnel. */
  void becomeTunnel(TunnelHandler tunnel) {
    outgoing.flush();
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast("tunnel", tunnel);
    pipeline.remove(this);
    channel.config().setAutoClose(true);
  }

  /** What came behind the response goes into the tunnel. */
  void passLeftover() {
    channel.pipeline().remove(decoder);
  }
}
