package io.sluice.mesh.problem;

import java.util.Objects;

/**
 * One thing that is wrong with one resource.
 *
 * @param resource whose problem it is
 * @param severity how much of the resource is affected
 * @param field path inside the object, e.g. {@code spec.http[0].timeout}; empty when the whole
 *     object is meant
 * @param value what was found there, shortened by the reporter if long; empty when nothing was
 *     there
 * @param expected what would be right, and what to do
 * @param source the file that the resource stands in, and if known its line: {@code web.yaml:12};
 *     empty when it came from elsewhere
 */
public record Problem(
    ResourceRef resource,
    Severity severity,
    String field,
    String value,
    String expected,
    String source) {
  /** How much of the resource is affected. */
  public enum Severity {
    /** The resource is not used; its last good version stays in force. */
    ERROR,
    /** The resource is used except for this field, which has no effect yet. */
    NOT_SUPPORTED,
    /** The resource is used as written, but probably does not do what its author wants. */
    WARNING
  }

  public Problem {
    resource =
        new ResourceRef(
            plain(resource.kind()), plain(resource.namespace()), plain(resource.name()));
    Objects.requireNonNull(severity, "severity");
    field = plain(field);
    value = plain(value);
    expected = plain(expected);
    source = plain(source);
  }

  /**
   * Without control characters: keys, names of kinds and of files are whatever somebody wrote, and
   * must not write lines of their own into a log, nor colours into a terminal.
   */
  private static String plain(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    text.chars().forEach(each -> plain.append(Character.isISOControl(each) ? ' ' : (char) each));
    return plain.toString();
  }

  /** A problem of a resource that does not stand in a file. */
  public Problem(
      ResourceRef resource, Severity severity, String field, String value, String expected) {
    this(resource, severity, field, value, expected, "");
  }

  /** The same problem, found at another place. */
  public Problem in(String place) {
    return new Problem(resource, severity, field, value, expected, place);
  }

  /** One line for a log or a terminal. */
  public String line() {
    StringBuilder line = new StringBuilder(96).append(severity).append(' ').append(resource);
    if (!field.isEmpty()) {
      line.append(' ').append(field);
    }
    if (!value.isEmpty()) {
      line.append(": ").append(value);
    }
    line.append(" (expected: ").append(expected).append(')');
    if (!source.isEmpty()) {
      line.append(" in ").append(source);
    }
    return line.toString();
  }
}
