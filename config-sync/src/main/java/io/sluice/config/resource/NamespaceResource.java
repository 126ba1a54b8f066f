package io.sluice.config.resource;

import java.util.Map;

/**
 * A Namespace.
 *
 * @param labels decide whether its pods take part
 */
public record NamespaceResource(Header header, Map<String, String> labels) implements MeshResource {
  public NamespaceResource {
    labels = Map.copyOf(labels);
  }
}
