package io.sluice.config.translate;

import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.problem.Problem.Severity;
import io.sluice.mesh.problem.ResourceRef;
import java.util.ArrayList;
import java.util.List;

/** Problems of one object, as they are found. */
final class Findings {
  /** More would not help its author; the rest is dropped. */
  private static final int PROBLEMS_MAX = 100;

  private static final int VALUE_LENGTH_MAX = 80;

  /** A key may be as long as its file. */
  private static final int FIELD_LENGTH_MAX = 200;

  private final ResourceRef ref;
  private final String source;
  private final List<Problem> problems = new ArrayList<>();
  private boolean bad;

  Findings(ResourceRef ref, String source) {
    this.ref = ref;
    this.source = source;
  }

  void error(String field, Object value, String expected) {
    bad = true;
    add(Severity.ERROR, field, value, expected);
  }

  void notSupported(String field, Object value, String expected) {
    add(Severity.NOT_SUPPORTED, field, value, expected);
  }

  void warn(String field, Object value, String expected) {
    add(Severity.WARNING, field, value, expected);
  }

  boolean isBad() {
    return bad;
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  private void add(Severity severity, String field, Object value, String expected) {
    if (problems.size() < PROBLEMS_MAX) {
      problems.add(
          new Problem(
              ref,
              severity,
              shortened(field, FIELD_LENGTH_MAX),
              shortened(value, VALUE_LENGTH_MAX),
              expected,
              source));
    }
  }

  static String shortened(Object value) {
    return shortened(value, VALUE_LENGTH_MAX);
  }

  private static String shortened(Object value, int lengthMax) {
    String text = value.toString();
    return text.length() <= lengthMax ? text : text.substring(0, lengthMax - 3) + "...";
  }
}
