package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.sluice.proxy.http.head.BadMessageException;
import io.sluice.proxy.http.head.Body;
import io.sluice.proxy.http.head.Head;
import io.sluice.proxy.http.head.HeadParser;

/**
 * Decodes one message head or piece of body for each {@link #demand()}. What comes meanwhile stays
 * in bytes: the rest of one read, so that nothing has to be queued behind it. A head without body
 * is a whole message.
 *
 * <p>The end of input waits its turn behind the bytes that came before it. Event loop only.
 */
abstract class PullDecoder<H extends Head> extends ChannelInboundHandlerAdapter {
  /** Where it goes. Called on the event loop, each time for one demand. */
  interface Sink<H> {
    /** Valid until the next head is demanded. */
    void head(H head);

    /**
     * @param piece bytes as they came, taken over
     * @param bodyBytes how many of them are not framing
     * @param last whether the message ends with it
     */
    void piece(ByteBuf piece, long bodyBytes, boolean last);

    /** Nothing follows any more. */
    void bad(BadMessageException why);
  }

  private enum Stage {
    HEAD,
    BODY,
    BAD
  }

  private final HeadParser<H> parser;
  private final Body body;
  private final int pieceBytesMax;
  private final Sink<H> sink;
  private ChannelHandlerContext context;
  private ByteBuf received = Unpooled.EMPTY_BUFFER;
  private Stage stage = Stage.HEAD;
  private boolean begun;
  private boolean wanted;
  private boolean decoding;
  private boolean pumping;
  private boolean closed;
  private boolean endIsHeld;
  private long emitted;

  @SuppressWarnings("NullAway.Init") // handlerAdded comes before everything else.
  PullDecoder(H head, HttpLimits limits, Sink<H> sink) {
    this.parser = new HeadParser<>(head, limits.startLineBytesMax(), limits.headerBytesMax());
    this.body = new Body(limits.headerBytesMax());
    this.pieceBytesMax = limits.pieceBytesMax();
    this.sink = sink;
  }

  /** Nobody looks at the last head any more: memory that a large one took goes. */
  final void forget() {
    if (!begun) {
      parser.begin();
    }
  }

  /** The last, or as much as is known of the one that is being read. */
  final H head() {
    return parser.head();
  }

  /** Whether anything but the next message follows that head. */
  abstract boolean hasBody(H head);

  /** The first byte of a head is here, and its turn has come. */
  void headBegins() {}

  /** One more, please. Idempotent until it has come. */
  final void demand() {
    wanted = true;
    if (!decoding && !pumping) {
      pump();
    }
  }

  /** The framing of chunks in this body is left out. */
  final void dropFraming() {
    body.dropFraming();
  }

  /** Whether bytes are here that nobody has asked for yet. */
  final boolean hasLeftover() {
    return received.isReadable();
  }

  /** Whether a read is being decoded: its end comes by itself. */
  final boolean isDecoding() {
    return decoding;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ByteBuf left = received;
    received = Unpooled.EMPTY_BUFFER;
    if (left.isReadable()) {
      ctx.fireChannelRead(left);
      ctx.fireChannelReadComplete();
    } else {
      left.release();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf in)) {
      ctx.fireChannelRead(message);
    } else if (stage == Stage.BAD) {
      in.release();
    } else {
      if (received.isReadable()) {
        received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), received, in);
      } else {
        received.release();
        received = in;
      }
      decode();
    }
  }

  private void decode() {
    decoding = true;
    try {
      while ((wanted || closed) && !context.isRemoved() && step()) {
        emitted++;
      }
    } finally {
      decoding = false;
    }
    if (!received.isReadable()) {
      received.release();
      received = Unpooled.EMPTY_BUFFER;
    }
  }

  /** Whether something came of it. */
  private boolean step() {
    try {
      return switch (stage) {
        case HEAD -> nextHead();
        case BODY -> piece();
        case BAD -> false;
      };
    } catch (BadMessageException e) {
      stage = Stage.BAD;
      wanted = false;
      received.skipBytes(received.readableBytes());
      sink.bad(e);
      return true;
    }
  }

  private boolean nextHead() throws BadMessageException {
    if (!received.isReadable()) {
      return false;
    }
    if (!begun) {
      begun = true;
      parser.begin();
      headBegins();
    }
    if (!parser.parse(received)) {
      return false;
    }
    begun = false;
    wanted = false;
    H head = parser.head();
    if (hasBody(head)) {
      body.begin(head);
      stage = Stage.BODY;
    }
    sink.head(head);
    return true;
  }

  private boolean piece() throws BadMessageException {
    int bytes = body.take(received, pieceBytesMax);
    boolean last = body.isComplete();
    if (bytes == 0 && !last) {
      return false;
    }
    if (last) {
      stage = Stage.HEAD;
    }
    wanted = false;
    sink.piece(cut(bytes), body.counted(), last);
    return true;
  }

  private ByteBuf cut(int bytes) {
    if (bytes == 0) {
      return Unpooled.EMPTY_BUFFER;
    }
    if (bytes < received.readableBytes()) {
      return received.readRetainedSlice(bytes);
    }
    ByteBuf all = received;
    received = Unpooled.EMPTY_BUFFER;
    return all;
  }

  /** Then more is read, if that is what is wanted. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ctx.fireChannelReadComplete();
    if (wanted && !pumping) {
      pump();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      if (!wanted && hasLeftover()) {
        endIsHeld = true;
        return;
      }
      endBody();
    }
    ctx.fireUserEventTriggered(event);
  }

  /** Nothing will be there to ask later: what came goes out now. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closed = true;
    decode();
    endBody();
    ctx.fireChannelReadComplete();
    ctx.fireChannelInactive();
  }

  /** Of a body that lasts as long as the connection. */
  private void endBody() {
    if (stage == Stage.BODY && body.endsWithConnection()) {
      stage = Stage.HEAD;
      wanted = false;
      sink.piece(Unpooled.EMPTY_BUFFER, 0, true);
      context.fireChannelReadComplete();
    }
  }

  /**
   * A loop and not a recursion: an answer that is written at once demands the next request from
   * within.
   */
  private void pump() {
    pumping = true;
    try {
      long before = -1;
      while (wanted && hasLeftover() && emitted != before && !context.isRemoved()) {
        before = emitted;
        decode();
        context.fireChannelReadComplete();
      }
      if (wanted && !context.isRemoved()) {
        readOn();
      }
    } catch (RuntimeException e) {
      context.fireExceptionCaught(e);
    } finally {
      pumping = false;
    }
  }

  private void readOn() {
    if (endIsHeld) {
      endIsHeld = false;
      endBody();
      context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    } else {
      context.read();
    }
  }
}
