package io.sluice.proxy.http;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.HOST;
import static io.netty.handler.codec.http.HttpHeaderNames.PROXY_CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.TE;
import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderNames.UPGRADE;

import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What an intermediary does to message heads: RFC 9110 sections 7.6.1, 7.8 and 10.1.4, RFC 9112
 * sections 6 and 9. Pure.
 */
final class Heads {
  private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
  private static final AsciiString X_REQUEST_ID = AsciiString.cached("x-request-id");
  private static final AsciiString X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");

  /**
   * Framing and routing hang on these: a Connection header that lists them would let a request be
   * smuggled.
   */
  private static final Set<String> NEVER_DROPPED =
      Set.of("host", "content-length", "transfer-encoding", "te", "upgrade");

  private Heads() {}

  static boolean hasBody(HttpRequest request) {
    HttpHeaders headers = request.headers();
    return headers.contains(TRANSFER_ENCODING) || !isZero(headers.get(CONTENT_LENGTH, "0"));
  }

  /** Whether anything but the end follows a final response's head: RFC 9112 section 6.3. */
  static boolean hasBody(HttpResponse response, HttpMethod method) {
    int status = response.status().code();
    return !(method.equals(HttpMethod.HEAD) || status == 204 || status == 304)
        && (response.headers().contains(TRANSFER_ENCODING)
            || !isZero(response.headers().get(CONTENT_LENGTH, "")));
  }

  /** Not by its value alone: Netty lets leading zeros stand, and then gives no body. */
  private static boolean isZero(String length) {
    for (int i = 0; i < length.length(); i++) {
      if (length.charAt(i) != '0') {
        return false;
      }
    }
    return !length.isEmpty();
  }

  /** Otherwise the end of the connection is the end of the body. */
  static boolean isDelimited(HttpMessage message) {
    return message.headers().contains(TRANSFER_ENCODING)
        || message.headers().contains(CONTENT_LENGTH);
  }

  static boolean is10(HttpMessage message) {
    return message.protocolVersion().compareTo(HttpVersion.HTTP_1_0) <= 0;
  }

  /** Whether the connection becomes a tunnel with this response: 101, or CONNECT's 2xx. */
  static boolean opensTunnel(HttpMethod method, int status) {
    return status == 101 || method.equals(HttpMethod.CONNECT) && status / 100 == 2;
  }

  /**
   * An upgrade that is passed on. Not h2c: behind a 101 every further request would be hidden from
   * the rules.
   */
  static boolean wantsUpgrade(HttpRequest request) {
    HttpHeaders headers = request.headers();
    return !is10(request)
        && headers.containsValue(CONNECTION, HttpHeaderValues.UPGRADE, true)
        && headers.contains(UPGRADE)
        && !headers.containsValue(UPGRADE, "h2c", true);
  }

  /**
   * Makes of the client's request the one that goes upstream; the order and the case of names stay.
   */
  static void forward(
      HttpRequest request, InetSocketAddress originalDestination, Supplier<String> requestIds) {
    HttpHeaders headers = request.headers();
    boolean upgrade = wantsUpgrade(request);
    boolean trailers = headers.containsValue(TE, HttpHeaderValues.TRAILERS, true);
    dropHopByHop(headers, upgrade);
    headers.remove(TE);
    if (trailers) {
      headers.set(TE, HttpHeaderValues.TRAILERS);
    }
    List<CharSequence> options = new ArrayList<>(2);
    if (upgrade) {
      options.add("Upgrade");
    }
    if (trailers) {
      options.add("TE");
    }
    if (!options.isEmpty()) {
      headers.set(CONNECTION, String.join(", ", options));
    }
    Optional<String> named = RequestTarget.authority(request.uri());
    if (named.isPresent() && !named.get().equals(headers.get(HOST))) {
      // It overrides the header, and the server shall see what was routed by: RFC 9112 section
      // 3.2.2.
      headers.set(HOST, named.get());
    } else if (!headers.contains(HOST)) {
      // HTTP/1.0 may leave it out, HTTP/1.1 may not.
      headers.set(HOST, authority(originalDestination));
    }
    if (!headers.contains(X_FORWARDED_PROTO)) {
      headers.set(X_FORWARDED_PROTO, "http");
    }
    if (!headers.contains(X_REQUEST_ID)) {
      headers.set(X_REQUEST_ID, requestIds.get());
    }
    request.setProtocolVersion(HttpVersion.HTTP_1_1);
  }

  /** Makes of an upstream's interim response (1xx but not 101) the one for the client. */
  static void forwardInterim(HttpResponse response) {
    dropHopByHop(response.headers(), false);
    response.setProtocolVersion(HttpVersion.HTTP_1_1);
  }

  /** Makes of the upstream's switch of protocols the one for the client. */
  static void forwardTunnel(HttpResponse response) {
    HttpHeaders headers = response.headers();
    boolean upgrade = headers.contains(UPGRADE);
    dropHopByHop(headers, upgrade);
    if (upgrade) {
      headers.set(CONNECTION, HttpHeaderValues.UPGRADE);
    }
    // RFC 9110 section 9.3.6: a client ignores them, and nobody may send them.
    headers.remove(CONTENT_LENGTH);
    headers.remove(TRANSFER_ENCODING);
    response.setProtocolVersion(HttpVersion.HTTP_1_1);
  }

  /** The coding that codes nothing, after which the other headers tell where the body ends. */
  static void dropIdentity(HttpResponse response) {
    if (!HttpUtil.isTransferEncodingChunked(response)) {
      response.headers().remove(TRANSFER_ENCODING);
    }
  }

  /**
   * Makes of the upstream's final response the one for the client.
   *
   * @param method of the request
   * @param client10 the client speaks HTTP/1.0: no chunks
   * @param keepAlive the client's connection should be kept
   * @return whether it can be kept: not when only its end tells where the body ends
   */
  static boolean forwardFinal(
      HttpResponse response, HttpMethod method, boolean client10, boolean keepAlive) {
    HttpHeaders headers = response.headers();
    dropHopByHop(headers, false);
    response.setProtocolVersion(HttpVersion.HTTP_1_1);
    boolean kept = frame(response, method, client10) && keepAlive;
    if (!kept) {
      headers.set(CONNECTION, HttpHeaderValues.CLOSE);
    } else if (client10) {
      headers.set(CONNECTION, HttpHeaderValues.KEEP_ALIVE);
    }
    return kept;
  }

  /**
   * Gives it a framing that the client understands; false: the end of the connection is the end of
   * the body.
   */
  private static boolean frame(HttpResponse response, HttpMethod method, boolean client10) {
    HttpHeaders headers = response.headers();
    int status = response.status().code();
    if (method.equals(HttpMethod.HEAD) || status == 204 || status == 304) {
      return true;
    }
    if (!headers.contains(TRANSFER_ENCODING) && headers.contains(CONTENT_LENGTH)) {
      return true;
    }
    if (client10) {
      headers.remove(TRANSFER_ENCODING);
      return false;
    }
    headers.set(TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    headers.remove(CONTENT_LENGTH);
    return true;
  }

  private static void dropHopByHop(HttpHeaders headers, boolean keepUpgrade) {
    for (String line : headers.getAll(CONNECTION)) {
      for (String option : line.split(",", -1)) {
        String name = option.strip().toLowerCase(Locale.ROOT);
        if (!name.isEmpty() && !NEVER_DROPPED.contains(name)) {
          headers.remove(name);
        }
      }
    }
    headers.remove(CONNECTION);
    headers.remove(KEEP_ALIVE);
    headers.remove(PROXY_CONNECTION);
    if (!keepUpgrade) {
      headers.remove(UPGRADE);
    }
  }

  private static String authority(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    String bracketed = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return address.getPort() == 80 ? bracketed : bracketed + ":" + address.getPort();
  }
}
