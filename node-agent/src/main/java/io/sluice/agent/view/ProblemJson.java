package io.sluice.agent.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.problem.ResourceRef;
import java.util.List;
import java.util.Locale;

/** Problems of resources as JSON, the same on every page. */
final class ProblemJson {
  private ProblemJson() {}

  static void write(ArrayNode array, List<Problem> problems) {
    for (Problem problem : problems) {
      array
          .addObject()
          .put("kind", problem.resource().kind())
          .put("namespace", problem.resource().namespace())
          .put("name", problem.resource().name())
          .put("severity", text(problem.severity()))
          .put("field", problem.field())
          .put("value", problem.value())
          .put("expected", problem.expected())
          .put("source", problem.source());
    }
  }

  static Problem read(JsonNode node) {
    return new Problem(
        new ResourceRef(
            StatusJson.text(node, "kind"),
            StatusJson.text(node, "namespace"),
            StatusJson.text(node, "name")),
        Problem.Severity.valueOf(StatusJson.text(node, "severity").toUpperCase(Locale.ROOT)),
        StatusJson.text(node, "field"),
        StatusJson.text(node, "value"),
        StatusJson.text(node, "expected"),
        node.path("source").asText(""));
  }

  /** {@code error}, {@code not_supported}, {@code warning}. */
  static String text(Problem.Severity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }
}
