package io.sluice.proxy.http;

import java.util.Optional;

/** The forms of a request target: RFC 9112 section 3.2. Pure. */
public final class RequestTarget {
  private RequestTarget() {}

  /** Of an absolute-form target; empty for any other. */
  public static Optional<String> authority(String target) {
    int start = afterScheme(target);
    return start < 0
        ? Optional.empty()
        : Optional.of(target.substring(start, authorityEnd(target, start)));
  }

  /** Behind the authority, or the whole target; without query and fragment. May be empty. */
  public static String path(String target) {
    int scheme = afterScheme(target);
    int start = scheme < 0 ? 0 : authorityEnd(target, scheme);
    int end = start;
    while (end < target.length() && "?#".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    return target.substring(start, end);
  }

  private static int afterScheme(String target) {
    if (target.startsWith("/")) {
      return -1;
    }
    int scheme = target.indexOf("://");
    return scheme <= 0 ? -1 : scheme + 3;
  }

  private static int authorityEnd(String target, int start) {
    int end = start;
    while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    return end;
  }
}
