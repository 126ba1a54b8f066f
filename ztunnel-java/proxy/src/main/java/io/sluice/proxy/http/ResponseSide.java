package io.sluice.proxy.http;

import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * One exchange's response on its way to the client, and how far it has come. Event loop only.
 *
 * <pre>
 *   NONE --> FINAL, pieces, end
 *    |  \--> TUNNEL
 *    |  \
 *    +-- INTERIM      any number of times
 * </pre>
 */
final class ResponseSide {
  /** What the piece that comes next from the upstream belongs to. */
  private enum Stage {
    NONE,
    INTERIM,
    FINAL,
    TUNNEL
  }

  private final Exchange exchange;
  private final DownstreamHandler downstream;
  private final HttpMethod method;
  private Stage stage = Stage.NONE;
  private int status;
  private boolean keepsClient;
  private boolean keepsUpstream;
  private long bytes;

  ResponseSide(Exchange exchange, DownstreamHandler downstream, HttpMethod method) {
    this.exchange = exchange;
    this.downstream = downstream;
    this.method = method;
  }

  /** Of the final response; 0: there is none yet. */
  int status() {
    return status;
  }

  /** Body bytes, without framing. */
  long bytes() {
    return bytes;
  }

  /** Whether the client's connection may carry another request behind it. */
  boolean keepsClient() {
    return keepsClient;
  }

  /** Whether the upstream's connection may. */
  boolean keepsUpstream() {
    return keepsUpstream;
  }

  /** Whether the client has not seen anything of a response that is not whole. */
  boolean hasNotBegun() {
    return stage == Stage.NONE && status == 0;
  }

  boolean isTunnel() {
    return stage == Stage.TUNNEL;
  }

  /** An answer of our own takes its place. */
  void replaced(int by, boolean keepClient) {
    status = by;
    keepsClient = keepClient;
  }

  void head(HttpResponse head, Attempt from) {
    int code = head.status().code();
    if (Heads.opensTunnel(method, code)) {
      stage = Stage.TUNNEL;
      status = code;
      Heads.forwardTunnel(head);
      downstream.write(head);
    } else if (code < 200) {
      interimHead(head);
    } else {
      finalHead(head, code, from);
    }
  }

  private void interimHead(HttpResponse head) {
    stage = Stage.INTERIM;
    if (!downstream.client10()) {
      Heads.forwardInterim(head);
      downstream.write(head);
    }
  }

  private void finalHead(HttpResponse head, int code, Attempt from) {
    stage = Stage.FINAL;
    status = code;
    Heads.dropIdentity(head);
    boolean body = Heads.hasBody(head, method);
    keepsUpstream = HttpUtil.isKeepAlive(head) && (!body || Heads.isDelimited(head));
    keepsClient = Heads.forwardFinal(head, method, downstream.client10(), downstream.keepAlive());
    downstream.write(head);
    if (body && downstream.isWritable()) {
      from.demand();
    }
  }

  /** Takes over a piece of the body, or the end of a head without one. */
  void content(HttpContent content, Attempt from) {
    switch (stage) {
      case NONE -> content.release();
      case INTERIM -> interimEnd(content, from);
      case FINAL -> {
        bytes += content.content().readableBytes();
        ChannelFuture written = downstream.write(content);
        if (content instanceof LastHttpContent) {
          exchange.responseEnd(written);
        } else if (downstream.isWritable()) {
          from.demand();
        }
      }
      case TUNNEL -> exchange.tunnel(downstream.write(content));
    }
  }

  private void interimEnd(HttpContent end, Attempt from) {
    stage = Stage.NONE;
    if (downstream.client10()) {
      end.release();
    } else {
      downstream.write(end);
      downstream.flush();
    }
    if (downstream.isWritable()) {
      from.demand();
    }
  }
}
