package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.proxy.http.head.ResponseHead;

/**
 * One exchange's response on its way to the client, and how far it has come. Event loop only.
 *
 * <pre>
 *   INTERIM* --> FINAL, pieces, end
 *           \--> TUNNEL
 * </pre>
 */
final class ResponseSide {
  private enum Stage {
    NONE,
    FINAL,
    TUNNEL
  }

  private static final String LAST_CHUNK = "0\r\n\r\n";
  private static final int CHUNK_SIZE_BYTES = 10;

  private final Exchange exchange;
  private final DownstreamHandler downstream;
  private final String method;
  private Stage stage = Stage.NONE;
  private Heads.Framing framing = Heads.Framing.AS_IT_IS;
  private int status;
  private boolean keepsClient;
  private boolean keepsUpstream;
  private long bytes;

  ResponseSide(Exchange exchange, DownstreamHandler downstream, String method) {
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

  void head(ResponseHead head, Attempt from) {
    int code = head.status();
    if (Heads.opensTunnel(method, code)) {
      tunnelHead(head, code);
    } else if (code < 200) {
      interimHead(head, from);
    } else {
      finalHead(head, code, from);
    }
  }

  private void tunnelHead(ResponseHead head, int code) {
    stage = Stage.TUNNEL;
    status = code;
    ByteBuf out = buffer(head);
    Heads.forwardTunnel(head, out);
    exchange.tunnel(downstream.writeLast(out));
  }

  private void interimHead(ResponseHead head, Attempt from) {
    if (!downstream.client10()) {
      ByteBuf out = buffer(head);
      Heads.forwardInterim(head, out);
      downstream.writeHead(out);
      downstream.flush();
    }
    if (downstream.isWritable()) {
      from.demand();
    }
  }

  private void finalHead(ResponseHead head, int code, Attempt from) {
    stage = Stage.FINAL;
    status = code;
    boolean body = Heads.hasBody(head, method);
    keepsUpstream = mayKeepUpstream(head, body);
    framing = Heads.framing(head, method, downstream.client10());
    keepsClient = mayKeepClient() && downstream.keepAlive();
    ByteBuf out = buffer(head);
    Heads.forwardFinal(head, framing, downstream.client10(), keepsClient, out);
    if (!body) {
      exchange.responseEnd(downstream.writeLast(out));
      return;
    }
    if (framing == Heads.Framing.DROP_CHUNKS) {
      from.dropFraming();
    }
    downstream.writeHead(out);
    if (downstream.isWritable()) {
      from.demand();
    }
  }

  /** RFC 9112 section 6.1: the framing of chunks that HTTP/1.0 does not have can't be trusted. */
  private static boolean mayKeepUpstream(ResponseHead head, boolean body) {
    return head.keepsAlive() && (!body || head.isDelimited()) && !(head.is10() && head.isChunked());
  }

  /** Not when only its end tells where the body ends. */
  private boolean mayKeepClient() {
    return framing == Heads.Framing.AS_IT_IS || framing == Heads.Framing.ADD_CHUNKS;
  }

  private ByteBuf buffer(ResponseHead head) {
    return downstream.buffer(head.size() + Heads.ADDED_BYTES);
  }

  /** Takes over a piece of the body. */
  void content(ByteBuf piece, long bodyBytes, boolean last, Attempt from) {
    bytes += bodyBytes;
    if (framing == Heads.Framing.ADD_CHUNKS) {
      chunk(piece, last);
    } else if (last) {
      exchange.responseEnd(downstream.writeLast(piece));
    } else {
      downstream.write(piece);
    }
    if (!last && downstream.isWritable()) {
      from.demand();
    }
  }

  private void chunk(ByteBuf piece, boolean last) {
    if (piece.isReadable()) {
      ByteBuf size = downstream.channel().alloc().ioBuffer(CHUNK_SIZE_BYTES);
      ByteBufUtil.writeAscii(size, Integer.toHexString(piece.readableBytes()) + "\r\n");
      downstream.write(size);
      downstream.write(piece);
      downstream.write(ascii("\r\n"));
    } else {
      piece.release();
    }
    if (last) {
      exchange.responseEnd(downstream.writeLast(ascii(LAST_CHUNK)));
    }
  }

  private static ByteBuf ascii(String text) {
    return Unpooled.copiedBuffer(text, java.nio.charset.StandardCharsets.US_ASCII);
  }
}
