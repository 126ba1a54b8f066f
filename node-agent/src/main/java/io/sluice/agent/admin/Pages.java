package io.sluice.agent.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.agent.view.AgentStatus;
import io.sluice.agent.view.AgentView;
import io.sluice.agent.view.ConfigDump;
import io.sluice.agent.view.StatusJson;
import java.util.List;
import java.util.Optional;

/** What stands at each path. */
final class Pages {
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String INDEX =
      """
      /metrics         metrics, in Prometheus' text format or OpenMetrics
      /healthz/live    200 while the agent answers
      /healthz/ready   200 when all that should be enrolled is, else 503 with what is missing; 503 while it ends
      /config_dump     the rules in force, as JSON
      /status          pods, configuration and kernel programs, as JSON ('sluice status' shows it)
      """;

  private final AgentView view;
  private final PrometheusMeterRegistry registry;

  Pages(AgentView view, PrometheusMeterRegistry registry) {
    this.view = view;
    this.registry = registry;
  }

  /**
   * The page at a path; empty when there is none.
   *
   * @param accept the request's Accept header, may be empty
   */
  Optional<Page> at(String path, String accept) {
    return switch (path) {
      case "/" -> Optional.of(Page.text(200, "Sluice\n\n" + INDEX));
      case "/metrics" -> Optional.of(metrics(accept));
      case "/healthz/live" -> Optional.of(Page.text(200, "live\n"));
      case "/healthz/ready" -> Optional.of(ready());
      case "/config_dump" -> Optional.of(configDump());
      case "/status" -> Optional.of(Page.json(StatusJson.write(view.status())));
      default -> Optional.empty();
    };
  }

  static Page notFound(String path) {
    return Page.text(404, "no page " + path + " (expected: one of these)\n\n" + INDEX);
  }

  static Page wrongMethod(String method) {
    return Page.text(
        405, "method " + method + " (expected: GET or HEAD; nothing can be changed)\n");
  }

  private Page metrics(String accept) {
    String contentType =
        accept.contains("application/openmetrics-text") ? OPEN_METRICS : PROMETHEUS_TEXT;
    return new Page(200, contentType, out -> registry.scrape(out, contentType));
  }

  private Page ready() {
    List<String> missing = view.status().missing();
    return missing.isEmpty()
        ? Page.text(200, "ready\n")
        : Page.text(503, "not ready, missing:\n" + String.join("\n", missing) + "\n");
  }

  private Page configDump() {
    AgentStatus status = view.status();
    return Page.json(ConfigDump.write(view.table(), status.config().problems()));
  }
}
