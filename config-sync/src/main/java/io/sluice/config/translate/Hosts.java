package io.sluice.config.translate;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Host names and addresses, checked. */
final class Hosts {
  static final String EXPECTED =
      "a host name such as web, web.shop.svc.cluster.local or *.example.com (a star stands first, for whole labels)";

  private static final Pattern HOST =
      Pattern.compile(
          "\\*|(\\*\\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");
  private static final Pattern DOTTED =
      Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");

  private static final int LENGTH_MAX = 253;

  private Hosts() {}

  /** Lower case, or empty when it is no host name. */
  static Optional<String> parse(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.length() <= LENGTH_MAX
            && (HOST.matcher(lower).matches() || address(lower).isPresent())
        ? Optional.of(lower)
        : Optional.empty();
  }

  /**
   * An IP address as Kubernetes takes it; names are never resolved. Java alone would take {@code
   * 10.1} for 10.0.0.1.
   */
  static Optional<InetAddress> address(String text) {
    boolean six = text.indexOf(':') >= 0 && text.indexOf('%') < 0 && text.indexOf('[') < 0;
    if (!six && !DOTTED.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
