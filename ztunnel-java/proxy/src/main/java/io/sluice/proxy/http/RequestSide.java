package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.sluice.proxy.http.head.Name;
import io.sluice.proxy.http.head.RequestHead;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One exchange's request on its way upstream, and how far it has come. Event loop only. */
final class RequestSide {
  private final RequestHead head;
  private final DownstreamHandler downstream;
  private final String method;
  private final boolean hasBody;
  private String requestId = "";
  private boolean complete;
  private boolean bodyStarted;
  private @Nullable ByteBuf held;
  private long heldBodyBytes;
  private long bytes;

  /**
   * @param whole whether it could be read: else nothing is known of it
   */
  RequestSide(RequestHead head, DownstreamHandler downstream, boolean whole) {
    this.head = head;
    this.downstream = downstream;
    this.method = head.method();
    this.hasBody = whole && head.hasBody();
    this.complete = !hasBody;
  }

  RequestHead head() {
    return head;
  }

  String method() {
    return method;
  }

  boolean hasBody() {
    return hasBody;
  }

  /** Whether the client has sent all of it. */
  boolean isComplete() {
    return complete;
  }

  /** Body bytes, without framing. */
  long bytes() {
    return bytes;
  }

  /** It keeps its id, and gets one if it has none. */
  void identify(Supplier<String> requestIds) {
    requestId = head.has(Name.REQUEST_ID) ? "" : requestIds.get();
  }

  /** Writes what is there of it. */
  void begin(Attempt to, InetSocketAddress originalDestination) {
    ByteBuf out = to.buffer(head.size() + Heads.ADDED_BYTES);
    Heads.forward(head, originalDestination, requestId, out);
    to.writeHead(out);
    ByteBuf first = held;
    held = null;
    if (first != null) {
      content(first, heldBodyBytes, complete, to);
    }
  }

  /**
   * Takes over a piece of the body that comes between two attempts: the first had asked for it. One
   * is all that can be under way.
   */
  void hold(ByteBuf piece, long bodyBytes, boolean last) {
    if (held != null) {
      piece.release();
      throw new IllegalStateException("a second piece of a body (expected: one a demand)");
    }
    held = piece;
    heldBodyBytes = bodyBytes;
    complete = last;
  }

  /** There is no attempt any more that would take it. */
  void drop() {
    ByteBuf piece = held;
    held = null;
    if (piece != null) {
      piece.release();
    }
  }

  /** Takes over a piece of the body. */
  void content(ByteBuf piece, long bodyBytes, boolean last, Attempt to) {
    bodyStarted = true;
    bytes += bodyBytes;
    complete = last;
    to.write(piece);
    if (to.isWritable()) {
      demand();
    }
  }

  /** The next piece of the body, if there is one. */
  void demand() {
    if (!complete) {
      downstream.demandBody();
    }
  }

  /**
   * Whether it may be sent again after that attempt was cut off without an answer: if the server
   * has seen none of it, or if handling it twice changes nothing; a body that has begun to flow
   * can't be had again.
   */
  boolean mayBeSentAgain(Attempt before) {
    return !bodyStarted && (!before.hasWritten() || isIdempotent());
  }

  /** RFC 9110 section 9.2.2: to send it twice does what sending it once does. */
  private boolean isIdempotent() {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
      default -> false;
    };
  }
}
