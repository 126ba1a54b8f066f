package io.sluice.agent.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One line of Prometheus' text format.
 *
 * @param name of the metric
 * @param labels in the order of the line
 * @param value as it stands there
 */
record Series(String name, Map<String, String> labels, double value) {
  private static final Pattern LINE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? ([^ ]+)(?: \\S+)?");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** Comments and whatever else is no sample are left out. */
  static List<Series> parse(String text) {
    return text.lines().map(Series::parseLine).flatMap(Optional::stream).toList();
  }

  private static Optional<Series> parseLine(String line) {
    Matcher found = LINE.matcher(line);
    if (line.startsWith("#") || !found.matches()) {
      return Optional.empty();
    }
    Map<String, String> labels = new LinkedHashMap<>();
    if (found.group(2) != null) {
      LABEL.matcher(found.group(2)).results().forEach(l -> labels.put(l.group(1), l.group(2)));
    }
    return number(found.group(3)).map(value -> new Series(found.group(1), labels, value));
  }

  private static Optional<Double> number(String text) {
    try {
      return Optional.of(Double.parseDouble(text.replace("Inf", "Infinity")));
    } catch (NumberFormatException noSample) {
      return Optional.empty();
    }
  }

  boolean has(String metric, Map<String, String> wanted) {
    return name.equals(metric) && labels.entrySet().containsAll(wanted.entrySet());
  }

  /** Some of the labels and the value, as the line has them. */
  String brief(List<String> names) {
    return names.stream()
        .map(each -> each + "=\"" + labels.getOrDefault(each, "") + "\"")
        .collect(Collectors.joining(",", "{", "} " + Math.round(value)));
  }
}
