package io.sluice.agent.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.mesh.http.HeaderMatch;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpMatch;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.http.StringMatch;
import java.util.List;
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
    match.port().ifPresent(port -> node.put("port", port));
    if (!match.sourceLabels().isEmpty()) {
      ObjectNode labels = node.putObject("sourceLabels");
      new TreeMap<>(match.sourceLabels()).forEach(labels::put);
    }
    match.sourceNamespace().ifPresent(namespace -> node.put("sourceNamespace", namespace));
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
      case HttpAction.Forward forward -> {
        ArrayNode clusters = node.putArray("forward");
        forward
            .split()
            .clusters()
            .forEach(weighted ->
                clusters
                    .addObject()
                    .put("cluster", weighted.cluster().id().toString())
                    .put("weight", weighted.weight()));
      }
      case HttpAction.Respond respond ->
          node.putObject("respond").put("status", respond.status()).put("body", respond.body());
    }
  }
}
