package io.sluice.config.translate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** One YAML or JSON document as a tree of JSON, within limits that no honest object reaches. */
final class YamlTree {
  /** Aliases may repeat a part many times; what they unfold to is counted here. */
  private static final int NODES_MAX = 200_000;

  private static final int DEPTH_MAX = 64;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          // As kubectl reads it: ~ and True mean something, and << merges.
          .setSchema(new CoreSchema())
          .setAllowDuplicateKeys(false)
          .setAllowRecursiveKeys(false)
          .setMaxAliasesForCollections(50)
          .setCodePointLimit(Integer.MAX_VALUE)
          .build();

  private int nodes;

  private YamlTree() {}

  /** The text is no YAML, or goes beyond a limit; the message says what and where. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;

    Unreadable(String message) {
      this(message, 0);
    }

    Unreadable(String message, int line) {
      super(message);
      this.line = line;
    }

    /** Where in the document, from 1; 0 when it is the document as a whole. */
    int line() {
      return line;
    }
  }

  /**
   * Reads a text of one document.
   *
   * @return a null node for an empty document
   */
  static JsonNode parse(String text) throws Unreadable {
    try {
      return new YamlTree().convert(new Load(SETTINGS).loadFromString(text), 0);
    } catch (MarkedYamlEngineException e) {
      throw new Unreadable(
          e.getProblem(), e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0));
    } catch (YamlEngineException | ArithmeticException | ClassCastException e) {
      throw new Unreadable(String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      throw new Unreadable("nested deeper than " + DEPTH_MAX + " levels");
    }
  }

  private JsonNode convert(@Nullable Object value, int depth) throws Unreadable {
    if (++nodes > NODES_MAX) {
      throw new Unreadable("more than " + NODES_MAX + " values in one document");
    }
    if (depth > DEPTH_MAX) {
      throw new Unreadable("nested deeper than " + DEPTH_MAX + " levels");
    }
    JsonNodeFactory factory = JsonNodeFactory.instance;
    return switch (value) {
      case null -> factory.nullNode();
      case Map<?, ?> map -> object(map, depth);
      case List<?> list -> array(list, depth);
      case Boolean flag -> factory.booleanNode(flag);
      case Integer number -> factory.numberNode(number);
      case Long number -> factory.numberNode(number);
      case BigInteger number -> factory.numberNode(number);
      case Double number -> factory.numberNode(number);
      default -> factory.textNode(value.toString());
    };
  }

  private ObjectNode object(Map<?, ?> map, int depth) throws Unreadable {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (entry.getKey() instanceof Map || entry.getKey() instanceof List) {
        throw new Unreadable("a key that is no plain text");
      }
      object.set(String.valueOf(entry.getKey()), convert(entry.getValue(), depth + 1));
    }
    return object;
  }

  private ArrayNode array(List<?> list, int depth) throws Unreadable {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Object item : list) {
      array.add(convert(item, depth + 1));
    }
    return array;
  }
}
