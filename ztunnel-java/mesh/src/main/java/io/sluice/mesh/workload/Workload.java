package io.sluice.mesh.workload;

import java.util.Map;
import java.util.Objects;

/**
 * A pod's identity as routing and telemetry see it.
 *
 * @param namespace Kubernetes namespace
 * @param podName {@code metadata.name} of the pod
 * @param name the owner's name (Deployment, StatefulSet, ...), or the pod's own when it has no
 *     owner
 * @param labels the pod's labels
 * @param serviceAccount {@code spec.serviceAccountName}; {@code default} when unset
 * @param cluster name of the Kubernetes cluster; {@code Kubernetes} unless set
 */
public record Workload(
    String namespace,
    String podName,
    String name,
    Map<String, String> labels,
    String serviceAccount,
    String cluster) {
  public Workload {
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(podName, "podName");
    Objects.requireNonNull(name, "name");
    labels = Map.copyOf(labels);
    Objects.requireNonNull(serviceAccount, "serviceAccount");
    Objects.requireNonNull(cluster, "cluster");
  }

  /** Label {@code app}, or {@code unknown}. */
  public String app() {
    return labels.getOrDefault("app", "unknown");
  }

  /** Label {@code version}, or {@code unknown}. */
  public String version() {
    return labels.getOrDefault("version", "unknown");
  }

  /**
   * Istio's order: canonical-name label, {@code app.kubernetes.io/name}, {@code app}, then the
   * workload's name.
   */
  public String canonicalService() {
    return firstLabel(name, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app");
  }

  /**
   * Istio's order: canonical-revision label, {@code app.kubernetes.io/version}, {@code version},
   * then {@code latest}.
   */
  public String canonicalRevision() {
    return firstLabel(
        "latest", "service.istio.io/canonical-revision", "app.kubernetes.io/version", "version");
  }

  private String firstLabel(String otherwise, String... keys) {
    for (String key : keys) {
      String value = labels.get(key);
      if (value != null && !value.isEmpty()) {
        return value;
      }
    }
    return otherwise;
  }
}
