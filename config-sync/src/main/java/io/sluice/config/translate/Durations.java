package io.sluice.config.translate;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go and Istio write them: {@code 1s}, {@code 500ms}, {@code 1m30s}. */
final class Durations {
  static final String EXPECTED = "a duration with a unit: 1s, 500ms, 1m30s, 1h; at least 1ms";

  private static final Pattern PART = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)(ms|us|ns|s|m|h)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);
  private static final Duration MIN = Duration.ofMillis(1);

  /** A century: beyond it nanoseconds overflow a long. */
  private static final Duration MAX = Duration.ofDays(36_500);

  private Durations() {}

  /** Reads a field; zero and absent are empty, what is wrong is reported and empty too. */
  static Optional<Duration> read(Fields fields, String name) {
    return readOrZero(fields, name).filter(duration -> !duration.isZero());
  }

  /** Reads a field for which zero means something; absent or wrong is empty. */
  static Optional<Duration> readOrZero(Fields fields, String name) {
    Optional<String> text = fields.text(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<Duration> parsed = parse(text.get());
    if (parsed.isEmpty() || (!parsed.get().isZero() && parsed.get().compareTo(MIN) < 0)) {
      fields.error(name, EXPECTED);
      return Optional.empty();
    }
    return parsed;
  }

  static Optional<Duration> parse(String text) {
    Matcher part = PART.matcher(text);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (part.find() && part.start() == end) {
      nanos =
          nanos.add(
              new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit(part.group(2)))));
      end = part.end();
    }
    boolean whole = end == text.length() && end > 0;
    return whole && nanos.compareTo(BigDecimal.valueOf(MAX.toNanos())) <= 0
        ? Optional.of(Duration.ofNanos(nanos.longValue()))
        : Optional.empty();
  }

  private static long unit(String name) {
    return NANOS.getOrDefault(name, 0L);
  }
}
