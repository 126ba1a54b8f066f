package io.sluice.proxy.http;

import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.HOST;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_KEY1;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_KEY2;
import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.sluice.proxy.fault.Failure;
import java.util.List;
import java.util.Optional;

/**
 * Refuses what two HTTP implementations could read in two ways (RFC 9112 sections 3.2, 6.1, 6.3 and
 * 11.2). Pure.
 */
final class RequestCheck {
  private RequestCheck() {}

  static Optional<Failure.BadRequest> check(HttpRequest request, HttpLimits limits) {
    if (request.decoderResult().isFailure()) {
      return Optional.of(undecodable(request.decoderResult().cause(), limits));
    }
    if (request.protocolVersion().majorVersion() != 1) {
      return bad(
          505, "HTTP version: " + request.protocolVersion() + " (expected: HTTP/1.1 or HTTP/1.0)");
    }
    HttpHeaders headers = request.headers();
    int hosts = headers.getAll(HOST).size();
    if (hosts > 1 || hosts == 0 && !Heads.is10(request)) {
      return bad(400, "Host headers: " + hosts + " (expected: 1)");
    }
    if (headers.contains(TRANSFER_ENCODING)) {
      if (headers.contains(CONTENT_LENGTH)) {
        return bad(400, "Content-Length beside Transfer-Encoding (expected: one of them)");
      }
      List<String> codings = headers.getAll(TRANSFER_ENCODING);
      if (codings.size() > 1 || !codings.getFirst().strip().equalsIgnoreCase("chunked")) {
        return bad(
            501, "Transfer-Encoding: " + String.join(", ", codings) + " (expected: chunked)");
      }
    }
    if (headers.contains(SEC_WEBSOCKET_KEY1) && headers.contains(SEC_WEBSOCKET_KEY2)) {
      return bad(400, "Sec-WebSocket-Key1 (expected: the WebSocket protocol of RFC 6455)");
    }
    return Optional.empty();
  }

  private static Failure.BadRequest undecodable(Throwable cause, HttpLimits limits) {
    if (cause instanceof TooLongHttpLineException) {
      return new Failure.BadRequest(
          414, "request line: too long (expected: <= " + limits.startLineBytesMax() + " bytes)");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return new Failure.BadRequest(
          431, "headers: too large (expected: <= " + limits.headerBytesMax() + " bytes)");
    }
    return new Failure.BadRequest(400, "not an HTTP/1 request: " + cause.getMessage());
  }

  private static Optional<Failure.BadRequest> bad(int status, String reason) {
    return Optional.of(new Failure.BadRequest(status, reason));
  }
}
