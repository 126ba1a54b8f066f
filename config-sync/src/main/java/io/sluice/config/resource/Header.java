package io.sluice.config.resource;

import io.sluice.mesh.problem.ResourceRef;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;

/**
 * What every object has.
 *
 * @param ref kind, namespace and name
 * @param created {@code metadata.creationTimestamp}; a file seldom has one
 * @param source name of the file that it was read from; empty when it came from elsewhere
 */
public record Header(ResourceRef ref, Optional<Instant> created, String source) {
  /** Who wins when two objects claim the same: the oldest, then the first by namespace and name. */
  public static final Comparator<Header> PRECEDENCE =
      Comparator.comparing((Header header) -> header.created().orElse(Instant.MAX))
          .thenComparing(header -> header.ref().namespace())
          .thenComparing(header -> header.ref().name());

  public Header {
    Objects.requireNonNull(ref, "ref");
    Objects.requireNonNull(created, "created");
    Objects.requireNonNull(source, "source");
  }

  public String namespace() {
    return ref.namespace();
  }

  public String name() {
    return ref.name();
  }
}
