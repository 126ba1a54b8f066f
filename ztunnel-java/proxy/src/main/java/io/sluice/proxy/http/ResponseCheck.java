package io.sluice.proxy.http;

import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;

import io.netty.handler.codec.http.HttpResponse;
import java.util.List;
import java.util.Optional;

/**
 * Refuses responses that a client could read in another way than we do: what follows them on the
 * client's connection is the answer of another server (RFC 9110 section 7.8, RFC 9112 section 6).
 * Pure.
 */
final class ResponseCheck {
  private ResponseCheck() {}

  /**
   * @return what is wrong with it; empty: nothing
   */
  static Optional<String> check(HttpResponse response, RequestSide request) {
    if (response.status().code() == 101) {
      if (!Heads.wantsUpgrade(request.head())) {
        return Optional.of("101 without an upgrade that was asked for");
      }
      if (!request.isComplete()) {
        return Optional.of("101 before the end of the request (expected: after it)");
      }
    }
    List<String> codings = response.headers().getAll(TRANSFER_ENCODING);
    if (codings.size() > 1 || codings.size() == 1 && !isKnown(codings.getFirst().strip())) {
      return Optional.of(
          "Transfer-Encoding: " + String.join(", ", codings) + " (expected: chunked)");
    }
    return Optional.empty();
  }

  /** The second is what HTTP/1.1 began with (RFC 2616) and a few servers still say: nothing. */
  private static boolean isKnown(String coding) {
    return coding.equalsIgnoreCase("chunked") || coding.equalsIgnoreCase("identity");
  }
}
