package io.sluice.config.watch;

import java.util.Objects;

/**
 * A file as one look found it.
 *
 * @param print equal while nobody has touched the file: what tells one version from the next
 *     without reading it
 */
public record SeenFile(Object print, FileText text) {
  public SeenFile {
    Objects.requireNonNull(print, "print");
    Objects.requireNonNull(text, "text");
  }
}
