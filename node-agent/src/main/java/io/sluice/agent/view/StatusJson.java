package io.sluice.agent.view;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@link AgentStatus} as JSON and back: what {@code /status} serves and {@code sluice status}
 * reads. Fields are only ever added; a reader ignores those that it does not know.
 */
public final class StatusJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private StatusJson() {}

  /** Indented, ends without a newline. */
  public static String write(AgentStatus status) {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", status.version());
    root.put("uptimeMillis", status.uptime().toMillis());
    root.put("ending", status.ending());
    List<String> missing = status.missing();
    root.put("ready", missing.isEmpty());
    missing.forEach(root.putArray("missing")::add);
    writeConfig(root.putObject("config"), status.config());
    writeDatapath(root.putObject("datapath"), status.datapath());
    ArrayNode pods = root.putArray("pods");
    status.pods().forEach(pod -> writePod(pods.addObject(), pod));
    return root.toPrettyString();
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException when it is something else; the message says what is wrong
   */
  public static AgentStatus read(String json) {
    try {
      JsonNode root = JSON.readTree(json);
      return new AgentStatus(
          text(root, "version"),
          Duration.ofMillis(number(root, "uptimeMillis")),
          root.path("ending").asBoolean(),
          list(root, "pods", StatusJson::readPod),
          readConfig(root.required("config")),
          readDatapath(root.required("datapath")));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "lastChange: '"
              + e.getParsedString()
              + "' (expected: a time such as 2026-01-31T12:00:00Z)",
          e);
    }
  }

  private static void writePod(ObjectNode node, PodStatus pod) {
    node.put("uid", pod.uid());
    node.put("namespace", pod.namespace());
    node.put("name", pod.name());
    node.put("netns", pod.netns());
    node.put("state", pod.state().text());
    node.put("detail", pod.detail());
    pod.addresses().forEach(node.putArray("addresses")::add);
    ArrayNode listeners = node.putArray("listeners");
    for (PodStatus.Listener listener : pod.listeners()) {
      listeners.addObject().put("role", listener.role()).put("port", listener.port());
    }
    node.put("connections", pod.connections());
    ObjectNode older = node.putObject("olderConnections");
    older.put("count", pod.older().count());
    pod.older().examples().forEach(older.putArray("examples")::add);
  }

  private static PodStatus readPod(JsonNode node) {
    JsonNode older = node.required("olderConnections");
    return new PodStatus(
        text(node, "uid"),
        text(node, "namespace"),
        text(node, "name"),
        text(node, "netns"),
        PodStatus.State.valueOf(text(node, "state").toUpperCase(Locale.ROOT)),
        text(node, "detail"),
        list(node, "addresses", JsonNode::asText),
        list(
            node,
            "listeners",
            each -> new PodStatus.Listener(text(each, "role"), (int) number(each, "port"))),
        (int) number(node, "connections"),
        new PodStatus.Older(
            (int) number(older, "count"), list(older, "examples", JsonNode::asText)));
  }

  private static void writeConfig(ObjectNode node, ConfigState config) {
    node.put("source", config.source());
    node.put("loaded", config.loaded());
    node.put("generation", config.generation());
    node.put("lastCompileMicros", config.lastCompile().toNanos() / 1000);
    node.put("resources", config.resources());
    node.put("lastChange", config.lastChange().map(Instant::toString).orElse(""));
    ProblemJson.write(node.putArray("problems"), config.problems());
  }

  private static ConfigState readConfig(JsonNode node) {
    String lastChange = text(node, "lastChange");
    return new ConfigState(
        text(node, "source"),
        flag(node, "loaded"),
        number(node, "generation"),
        Duration.ofNanos(number(node, "lastCompileMicros") * 1000),
        (int) number(node, "resources"),
        lastChange.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(lastChange)),
        list(node, "problems", ProblemJson::read));
  }

  private static void writeDatapath(ObjectNode node, DatapathState datapath) {
    node.put("attached", datapath.attached());
    node.put("detail", datapath.detail());
    ArrayNode programs = node.putArray("programs");
    for (DatapathState.Program program : datapath.programs()) {
      programs
          .addObject()
          .put("name", program.name())
          .put("attached", program.attached())
          .put("target", program.target());
    }
  }

  private static DatapathState readDatapath(JsonNode node) {
    return new DatapathState(
        flag(node, "attached"),
        text(node, "detail"),
        list(
            node,
            "programs",
            each ->
                new DatapathState.Program(
                    text(each, "name"), flag(each, "attached"), text(each, "target"))));
  }

  static String text(JsonNode node, String field) {
    return node.required(field).asText();
  }

  private static long number(JsonNode node, String field) {
    return node.required(field).asLong();
  }

  private static boolean flag(JsonNode node, String field) {
    return node.required(field).asBoolean();
  }

  private static <T> List<T> list(JsonNode node, String field, Function<JsonNode, T> each) {
    List<T> list = new ArrayList<>();
    node.required(field).forEach(item -> list.add(each.apply(item)));
    return list;
  }
}
