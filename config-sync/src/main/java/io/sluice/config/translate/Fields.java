package io.sluice.config.translate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * One object of a document, read field by field. It remembers which fields were asked for; {@link
 * #done()} reports the others, so that nothing is dropped in silence. A value of the wrong type is
 * reported and read as absent.
 */
final class Fields {
  static final String UNKNOWN = "a field that the API has: this one is unknown and has no effect";

  private final String path;
  private final JsonNode node;
  private final Findings findings;
  private final Set<String> read = new HashSet<>();

  private Fields(String path, JsonNode node, Findings findings) {
    this.path = path;
    this.node = node;
    this.findings = findings;
  }

  static Fields of(String path, JsonNode node, Findings findings) {
    if (!node.isObject() && !node.isMissingNode()) {
      findings.error(path, node, "an object with fields");
      return new Fields(path, MissingNode.getInstance(), findings);
    }
    return new Fields(path, node, findings);
  }

  boolean has(String name) {
    return node.hasNonNull(name);
  }

  boolean isPresent() {
    return !node.isMissingNode();
  }

  /** Items of a list; absent: 0. */
  int count(String name) {
    return node.path(name).size();
  }

  String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  void error(String name, String expected) {
    findings.error(at(name), value(name), expected);
  }

  void warn(String name, String expected) {
    findings.warn(at(name), value(name), expected);
  }

  void notSupportedValue(String name, String expected) {
    findings.notSupported(at(name), value(name), expected);
  }

  /** An object; absent, it has no fields. */
  Fields object(String name) {
    return of(at(name), raw(name), findings);
  }

  List<Fields> objects(String name) {
    List<Fields> all = new ArrayList<>();
    List<JsonNode> items = items(name);
    for (int index = 0; index < items.size(); index++) {
      all.add(of(at(name) + "[" + index + "]", items.get(index), findings));
    }
    return all;
  }

  Map<String, Fields> objectMap(String name) {
    Map<String, Fields> all = new LinkedHashMap<>();
    Fields map = object(name);
    map.node
        .properties()
        .forEach(entry ->
            all.put(entry.getKey(), of(map.at(entry.getKey()), entry.getValue(), findings)));
    return all;
  }

  Optional<String> text(String name) {
    JsonNode value = raw(name);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      error(name, "a string: put quotes around it");
      return Optional.empty();
    }
    return Optional.of(value.textValue());
  }

  /** A text that must be there. */
  Optional<String> required(String name, String expected) {
    Optional<String> value = text(name).filter(text -> !text.isEmpty());
    if (value.isEmpty() && (!has(name) || node.get(name).isTextual())) {
      error(name, expected);
    }
    return value;
  }

  List<String> texts(String name) {
    return texts(name, Optional::of, "");
  }

  /**
   * Texts of a list that mean something each.
   *
   * @param parse empty for what is wrong; it is reported and left out
   */
  <T> List<T> texts(String name, Function<String, Optional<T>> parse, String expected) {
    List<T> all = new ArrayList<>();
    List<JsonNode> items = items(name);
    for (int index = 0; index < items.size(); index++) {
      JsonNode item = items.get(index);
      String where = at(name) + "[" + index + "]";
      if (!item.isTextual()) {
        findings.error(where, item, "a string: put quotes around it");
        continue;
      }
      Optional<T> parsed = parse.apply(item.textValue());
      if (parsed.isEmpty()) {
        findings.error(where, item.textValue(), expected);
      }
      parsed.ifPresent(all::add);
    }
    return all;
  }

  Map<String, String> textMap(String name) {
    Map<String, String> all = new LinkedHashMap<>();
    Fields map = object(name);
    map.node
        .properties()
        .forEach(
            entry -> map.text(entry.getKey()).ifPresent(text -> all.put(entry.getKey(), text)));
    return all;
  }

  OptionalInt integer(String name, int min, int max) {
    JsonNode value = raw(name);
    if (value.isMissingNode()) {
      return OptionalInt.empty();
    }
    if (!value.canConvertToInt()
        || !value.isIntegralNumber()
        || value.intValue() < min
        || value.intValue() > max) {
      error(name, "a whole number, " + min + ".." + max);
      return OptionalInt.empty();
    }
    return OptionalInt.of(value.intValue());
  }

  OptionalInt port(String name) {
    return integer(name, 1, 65535);
  }

  Map<String, Integer> portMap(String name) {
    Map<String, Integer> all = new LinkedHashMap<>();
    Fields map = object(name);
    map.node
        .properties()
        .forEach(
            entry -> map.port(entry.getKey()).ifPresent(port -> all.put(entry.getKey(), port)));
    return all;
  }

  /** Absent: 0. */
  double percent(String name) {
    JsonNode value = raw(name);
    if (value.isMissingNode()) {
      return 0;
    }
    if (!value.isNumber() || !(value.doubleValue() >= 0 && value.doubleValue() <= 100)) {
      error(name, "a number, 0..100");
      return 0;
    }
    return value.doubleValue();
  }

  /** Absent: false. */
  boolean flag(String name) {
    JsonNode value = raw(name);
    if (!value.isMissingNode() && !value.isBoolean()) {
      error(name, "true or false");
    }
    return value.booleanValue();
  }

  /** Fields that have no effect on what is built here and are rightly there. */
  Fields ignore(String... names) {
    read.addAll(List.of(names));
    return this;
  }

  /** Fields of the API that have no effect yet. Returns whether there was one. */
  boolean notSupported(String... names) {
    boolean any = false;
    for (String name : names) {
      if (!raw(name).isMissingNode()) {
        any = true;
        findings.notSupported(
            at(name), value(name), "no such field: it is not supported yet and has no effect");
      }
    }
    return any;
  }

  /** Reports what was not asked for. Returns whether there was something. */
  boolean done() {
    boolean any = false;
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!read.contains(field.getKey()) && !field.getValue().isNull()) {
        any = true;
        findings.warn(at(field.getKey()), field.getValue(), UNKNOWN);
      }
    }
    return any;
  }

  private List<JsonNode> items(String name) {
    JsonNode value = raw(name);
    if (value.isMissingNode()) {
      return List.of();
    }
    if (!value.isArray()) {
      error(name, "a list");
      return List.of();
    }
    List<JsonNode> items = new ArrayList<>();
    value.forEach(items::add);
    return items;
  }

  /** A field as it is; null counts as absent, as in Kubernetes. */
  private JsonNode raw(String name) {
    read.add(name);
    JsonNode value = node.path(name);
    return value.isNull() ? MissingNode.getInstance() : value;
  }

  private Object value(String name) {
    JsonNode value = node.path(name);
    return value.isMissingNode() ? "" : value.isTextual() ? value.textValue() : value;
  }
}
