package io.sluice.agent.demo.shop;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What an app of the shop answers: lines of {@code name: value}, which a person and the demo can
 * read.
 *
 * @param values in the order in which they are shown; names hold no colon, values no line break
 */
public record Page(Map<String, String> values) {
  /** Anything longer is not one of the shop's pages. */
  private static final int LINES_MAX = 200;

  public Page {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  public static Page empty() {
    return new Page(Map.of());
  }

  /** Reads the lines that have a colon; all others (HTML of an error page, say) are left out. */
  public static Page parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    text.lines().limit(LINES_MAX).forEach(line -> putLine(values, line));
    return new Page(values);
  }

  private static void putLine(Map<String, String> values, String line) {
    int colon = line.indexOf(": ");
    if (colon > 0) {
      values.put(line.substring(0, colon), line.substring(colon + 2));
    }
  }

  public Page with(String name, Object value) {
    Map<String, String> more = new LinkedHashMap<>(values);
    more.put(name, value.toString().replace('\n', ' '));
    return new Page(more);
  }

  /** This page's lines, then the other's. */
  public Page and(Page other) {
    Map<String, String> all = new LinkedHashMap<>(values);
    all.putAll(other.values);
    return new Page(all);
  }

  /** The value, or an empty string. */
  public String text(String name) {
    return values.getOrDefault(name, "");
  }

  /** The value if it is there and a number. */
  public OptionalLong number(String name) {
    try {
      return OptionalLong.of(Long.parseLong(text(name)));
    } catch (NumberFormatException notANumber) {
      return OptionalLong.empty();
    }
  }

  public String body() {
    StringBuilder body = new StringBuilder();
    values.forEach((name, value) -> body.append(name).append(": ").append(value).append('\n'));
    return body.toString();
  }
}
