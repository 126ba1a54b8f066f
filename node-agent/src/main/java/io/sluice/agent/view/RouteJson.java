package io.sluice.agent.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.mesh.http.HeaderMatch;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpMatch;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.http.StringMatch;
import io.sluice.mesh.service.TrafficSplit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** One route as JSON; conditions that hold for everything are left out. */
final class RouteJson {
  private RouteJson() {}

  static void write(ObjectNode node, HttpRoute route) {
    node.put("name", route.name());
    node.put("origin", route.origin().toString());
    ArrayNode matches = node.putArray("matches");
    route.matches().forEach(match -> match(matches.addObject(), match));
    action(node.putObject("action"), route.action());
    route.timeout().ifPresent(timeout -> node.put("timeoutMillis", timeout.toMillis()));
    route
        .abort()
        .ifPresent(abort ->
            node.putObject("abort")
                .put("httpStatus", abort.httpStatus())
                .put("percent", abort.percent()));
  }

  private static void match(ObjectNode node, HttpMatch match) {
    match.uri().ifPresent(uri -> node.put("uri", text(uri)));
    if (match.ignoreUriCase()) {
      node.put("ignoreUriCase", true);
    }
    match.method().ifPresent(method -> node.put("method", text(method)));
    match.authority().ifPresent(authority -> node.put("authority", text(authority)));
    headers(node, "headers", match.headers());
    headers(node, "withoutHeaders", match.withoutHeaders());
    caller(node, match.port(), match.sourceLabels(), match.sourceNamespace());
  }

  static void caller(
      ObjectNode node,
      OptionalInt port,
      Map<String, String> sourceLabels,
      Optional<String> sourceNamespace) {
    port.ifPresent(number -> node.put("port", number));
    if (!sourceLabels.isEmpty()) {
      ObjectNode labels = node.putObject("sourceLabels");
      new TreeMap<>(sourceLabels).forEach(labels::put);
    }
    sourceNamespace.ifPresent(namespace -> node.put("sourceNamespace", namespace));
  }

  static void split(ArrayNode clusters, TrafficSplit split) {
    split
        .clusters()
        .forEach(weighted ->
            clusters
                .addObject()
                .put("cluster", weighted.cluster().id().toString())
                .put("weight", weighted.weight()));
  }

  private static void headers(ObjectNode node, String field, List<HeaderMatch> headers) {
    if (!headers.isEmpty()) {
      ObjectNode all = node.putObject(field);
      headers.forEach(header -> all.put(header.name(), text(header.match())));
    }
  }

  private static String text(StringMatch match) {
    return switch (match) {
      case StringMatch.Exact exact -> "exact: " + exact.value();
      case StringMatch.Prefix prefix -> "prefix: " + prefix.value();
      case StringMatch.Regex regex -> "regex: " + regex.expression();
      case StringMatch.Present _ -> "present";
    };
  }

  private static void action(ObjectNode node, HttpAction action) {
    switch (action) {
      case HttpAction.Forward forward -> split(node.putArray("forward"), forward.split());
      case HttpAction.Respond respond ->
          node.putObject("respond").put("status", respond.status()).put("body", respond.body());
    }
  }
}
