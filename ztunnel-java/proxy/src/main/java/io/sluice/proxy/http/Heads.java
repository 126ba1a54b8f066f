package io.sluice.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.sluice.proxy.http.head.Name;
import io.sluice.proxy.http.head.RequestHead;
import io.sluice.proxy.http.head.ResponseHead;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an intermediary does to message heads: RFC 9110 sections 7.6.1, 7.8 and 10.1.4, RFC 9112
 * sections 6 and 9. Pure: reads a head, writes bytes.
 */
final class Heads {
  /** Room for the lines that are added, if no name is long. */
  static final int ADDED_BYTES = 256;

  private static final int ONE_HOP =
      Name.set(Name.CONNECTION, Name.KEEP_ALIVE, Name.PROXY_CONNECTION);
  private static final int UPGRADE = Name.set(Name.UPGRADE);
  private static final int FRAMING = Name.set(Name.CONTENT_LENGTH, Name.TRANSFER_ENCODING);
  private static final int CODING = Name.set(Name.TRANSFER_ENCODING);

  private static final byte[] CR_LF = ascii("\r\n");
  private static final byte[] TE = ascii("te: trailers\r\n");
  private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n");
  private static final byte[] CLOSE = ascii("connection: close\r\n");
  private static final byte[] KEEP_ALIVE = ascii("connection: keep-alive\r\n");
  private static final byte[] SWITCHED = ascii("connection: upgrade\r\n");
  private static final byte[] UPGRADE_AND_TE = ascii("connection: Upgrade, TE\r\n");
  private static final byte[] ONLY_UPGRADE = ascii("connection: Upgrade\r\n");
  private static final byte[] ONLY_TE = ascii("connection: TE\r\n");
  private static final byte[] PROTO = ascii("x-forwarded-proto: http\r\n");
  private static final byte[] HOST_NAME = ascii("host: ");
  private static final byte[] REQUEST_ID_NAME = ascii("x-request-id: ");

  /** How the body of a final response goes to the client. */
  enum Framing {
    AS_IT_IS,
    /** Its end was the end of the upstream's connection: it goes out in chunks. */
    ADD_CHUNKS,
    /** For a client that does not know chunks: the end of its connection is the end. */
    DROP_CHUNKS,
    /** The end of the client's connection is its end too. */
    UNTIL_CLOSE
  }

  private Heads() {}

  /** Whether anything but the next message follows a response's head: RFC 9112 section 6.3. */
  static boolean hasBody(ResponseHead response, String method) {
    return mayHaveBody(response.status(), method)
        && (response.isChunked() || response.contentLength() != 0);
  }

  static boolean mayHaveBody(int status, String method) {
    return status >= 200
        && status != 204
        && status != 304
        && !method.equals("HEAD")
        && !opensTunnel(method, status);
  }

  /** Whether the connection becomes a tunnel with this response: 101, or CONNECT's 2xx. */
  static boolean opensTunnel(String method, int status) {
    return status == 101 || status / 100 == 2 && method.equals("CONNECT");
  }

  /**
   * Writes the client's request as the one that goes upstream: as HTTP/1.1, the bytes of other
   * fields as they came.
   *
   * @param requestId for one that has none
   */
  static void forward(
      RequestHead request, InetSocketAddress originalDestination, String requestId, ByteBuf out) {
    boolean upgrade = request.wantsUpgrade();
    boolean trailers = request.wantsTrailers();
    String host = newHost(request, originalDestination);
    request.write(
        out,
        ONE_HOP
            | Name.set(Name.TE)
            | (upgrade ? 0 : UPGRADE)
            | (host == null ? 0 : Name.set(Name.HOST)));
    if (trailers) {
      out.writeBytes(TE);
    }
    if (upgrade || trailers) {
      out.writeBytes(upgrade && trailers ? UPGRADE_AND_TE : upgrade ? ONLY_UPGRADE : ONLY_TE);
    }
    if (host != null) {
      line(out, HOST_NAME, host);
    }
    if (!request.has(Name.FORWARDED_PROTO)) {
      out.writeBytes(PROTO);
    }
    if (!request.has(Name.REQUEST_ID)) {
      line(out, REQUEST_ID_NAME, requestId);
    }
    out.writeBytes(CR_LF);
  }

  /** In place of the Host field; null: that stays. */
  private static @Nullable String newHost(
      RequestHead request, InetSocketAddress originalDestination) {
    if (!request.isOriginForm()) {
      // It overrides the field, and the server shall see what was routed by: RFC 9112 section
      // 3.2.2.
      Optional<String> named = RequestTarget.authority(request.target());
      if (named.isPresent() && !named.get().equals(request.first(Name.HOST))) {
        return named.get();
      }
    }
    // HTTP/1.0 may leave it out, HTTP/1.1 may not.
    return request.has(Name.HOST) ? null : authority(originalDestination);
  }

  /** Writes an upstream's interim response (1xx but not 101) for the client. */
  static void forwardInterim(ResponseHead response, ByteBuf out) {
    response.write(out, ONE_HOP | UPGRADE);
    out.writeBytes(CR_LF);
  }

  /** Writes the upstream's switch of protocols for the client. */
  static void forwardTunnel(ResponseHead response, ByteBuf out) {
    // RFC 9110 section 9.3.6: a client ignores a framing there, and nobody may send it.
    response.write(out, ONE_HOP | FRAMING);
    if (response.has(Name.UPGRADE)) {
      out.writeBytes(SWITCHED);
    }
    out.writeBytes(CR_LF);
  }

  /**
   * How the body of a final response goes to the client.
   *
   * @param client10 the client speaks HTTP/1.0: no chunks
   */
  static Framing framing(ResponseHead response, String method, boolean client10) {
    if (!mayHaveBody(response.status(), method) || response.contentLength() >= 0) {
      return Framing.AS_IT_IS;
    }
    if (response.isChunked()) {
      return client10 ? Framing.DROP_CHUNKS : Framing.AS_IT_IS;
    }
    return client10 ? Framing.UNTIL_CLOSE : Framing.ADD_CHUNKS;
  }

  /**
   * Writes the upstream's final response for the client.
   *
   * @param client10 the client speaks HTTP/1.0
   * @param keep the client's connection is kept
   */
  static void forwardFinal(
      ResponseHead response, Framing framing, boolean client10, boolean keep, ByteBuf out) {
    // The coding that codes nothing is left out, after which the other fields tell where the body
    // ends.
    boolean coded = response.isChunked() && framing == Framing.AS_IT_IS;
    response.write(out, ONE_HOP | UPGRADE | (coded ? 0 : CODING));
    if (framing == Framing.ADD_CHUNKS) {
      out.writeBytes(CHUNKED);
    }
    if (!keep) {
      out.writeBytes(CLOSE);
    } else if (client10) {
      out.writeBytes(KEEP_ALIVE);
    }
    out.writeBytes(CR_LF);
  }

  private static void line(ByteBuf out, byte[] name, String value) {
    out.writeBytes(name);
    ByteBufUtil.writeAscii(out, value);
    out.writeBytes(CR_LF);
  }

  private static String authority(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    String bracketed = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return address.getPort() == 80 ? bracketed : bracketed + ":" + address.getPort();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
