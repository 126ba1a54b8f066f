package io.sluice.mesh.http;

import java.util.Objects;
import java.util.function.Predicate;

/** Istio's StringMatch. */
public sealed interface StringMatch {
  boolean matches(String value);

  record Exact(String value) implements StringMatch {
    @Override
    public boolean matches(String candidate) {
      return candidate.equals(value);
    }
  }

  /** By characters, not by path segment: {@code /foo} also matches {@code /foobar}. */
  record Prefix(String value) implements StringMatch {
    @Override
    public boolean matches(String candidate) {
      return candidate.startsWith(value);
    }
  }

  /**
   * RE2, on the whole string.
   *
   * @param expression as written
   * @param matcher compiled from it; must be thread-safe and run in linear time
   */
  record Regex(String expression, Predicate<String> matcher) implements StringMatch {
    public Regex {
      Objects.requireNonNull(expression, "expression");
      Objects.requireNonNull(matcher, "matcher");
    }

    @Override
    public boolean matches(String candidate) {
      return matcher.test(candidate);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Regex regex && regex.expression.equals(expression);
    }

    @Override
    public int hashCode() {
      return expression.hashCode();
    }
  }

  /** The value is there, whatever it is (a header match written as <code>{}</code>). */
  record Present() implements StringMatch {
    @Override
    public boolean matches(String candidate) {
      return true;
    }
  }
}
