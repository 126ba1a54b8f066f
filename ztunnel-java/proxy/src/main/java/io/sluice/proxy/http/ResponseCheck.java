package io.sluice.proxy.http;

import io.sluice.proxy.http.head.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * Refuses responses that a client could read in another way than we do: what follows them on the
 * client's connection is the answer of another server (RFC 9110 section 7.8). Pure.
 */
final class ResponseCheck {
  private ResponseCheck() {}

  /**
   * @return what is wrong with it; null: nothing
   */
  static @Nullable String check(ResponseHead response, RequestSide request) {
    if (response.status() == 101) {
      if (!request.head().wantsUpgrade()) {
        return "101 without an upgrade that was asked for";
      }
      if (!request.isComplete()) {
        return "101 before the end of the request (expected: after it)";
      }
    }
    return null;
  }
}
