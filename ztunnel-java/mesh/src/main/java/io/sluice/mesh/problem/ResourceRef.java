package io.sluice.mesh.problem;

import java.util.Objects;

/**
 * Names one Kubernetes object.
 *
 * @param kind as written in the object, e.g. {@code VirtualService}
 * @param namespace its namespace; empty for cluster-scoped kinds
 * @param name its {@code metadata.name}
 */
public record ResourceRef(String kind, String namespace, String name)
    implements Comparable<ResourceRef> {
  public ResourceRef {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(name, "name");
  }

  @Override
  public int compareTo(ResourceRef other) {
    int byKind = kind.compareTo(other.kind);
    if (byKind != 0) {
      return byKind;
    }
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  /** {@code Kind namespace/name}, the form in which people read it in logs. */
  @Override
  public String toString() {
    return namespace.isEmpty() ? kind + " " + name : kind + " " + namespace + "/" + name;
  }
}
