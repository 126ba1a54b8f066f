package io.sluice.config.compile;

import io.sluice.config.resource.Header;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.problem.Problem.Severity;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects problems; the same one is told once, although a rule is compiled for several ports. */
final class Report {
  private final Set<Problem> problems = new LinkedHashSet<>();

  void warn(Header header, String field, String value, String expected) {
    add(header, Severity.WARNING, field, value, expected);
  }

  void notSupported(Header header, String field, String value, String expected) {
    add(header, Severity.NOT_SUPPORTED, field, value, expected);
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  private void add(Header header, Severity severity, String field, String value, String expected) {
    problems.add(new Problem(header.ref(), severity, field, value, expected, header.source()));
  }
}
