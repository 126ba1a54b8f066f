package io.sluice.proxy.http;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One exchange's request on its way upstream, and how far it has come. Event loop only. */
final class RequestSide {
  /** RFC 9110 section 9.2.2: to send them twice does what sending them once does. */
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.OPTIONS,
          HttpMethod.TRACE,
          HttpMethod.PUT,
          HttpMethod.DELETE);

  private final HttpRequest head;
  private final DownstreamHandler downstream;
  private final boolean hasBody;
  private boolean complete;
  private boolean bodyStarted;
  private @Nullable HttpContent held;
  private long bytes;

  RequestSide(HttpRequest head, DownstreamHandler downstream) {
    this.head = head;
    this.downstream = downstream;
    this.hasBody = head.decoderResult().isSuccess() && Heads.hasBody(head);
    this.complete = !hasBody;
  }

  HttpRequest head() {
    return head;
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

  /** Writes what is there of it. */
  void begin(Attempt to) {
    to.write(head);
    HttpContent first = held;
    held = null;
    if (!hasBody) {
      to.write(LastHttpContent.EMPTY_LAST_CONTENT);
    } else if (first != null) {
      content(first, to);
    }
    to.flush();
  }

  /**
   * Takes over a piece of the body that comes between two attempts: the first had asked for it. One
   * is all that can be under way.
   */
  void hold(HttpContent content) {
    if (held != null) {
      content.release();
      throw new IllegalStateException("a second piece of a body (expected: one a demand)");
    }
    held = content;
    complete = content instanceof LastHttpContent;
  }

  /** There is no attempt any more that would take it. */
  void drop() {
    HttpContent content = held;
    held = null;
    if (content != null) {
      content.release();
    }
  }

  /** Takes over a piece of the body, which has been decoded without fault. */
  void content(HttpContent content, Attempt to) {
    bodyStarted = true;
    bytes += content.content().readableBytes();
    complete = content instanceof LastHttpContent;
    to.write(content);
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
    return !bodyStarted && (!before.hasWritten() || IDEMPOTENT.contains(head.method()));
  }
}
