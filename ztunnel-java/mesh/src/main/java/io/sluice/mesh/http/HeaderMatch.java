package io.sluice.mesh.http;

import java.util.Objects;

/**
 * A condition on one header.
 *
 * @param name lower case
 * @param match holds for the header's value; several lines of the same name are joined by a comma
 *     first
 */
public record HeaderMatch(String name, StringMatch match) {
  public HeaderMatch {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(match, "match");
  }
}
