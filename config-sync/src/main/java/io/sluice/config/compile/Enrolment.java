package io.sluice.config.compile;

import io.sluice.config.resource.NamespaceResource;
import io.sluice.config.resource.PodResource;
import io.sluice.mesh.workload.MeshPod;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which pods take part: a network namespace is named, the Namespace says yes, and nothing says no.
 */
final class Enrolment {
  /** Any of these on a Namespace enrols its pods. */
  static final Map<String, String> OPT_IN =
      Map.of(
          "sluice.io/mesh", "enabled",
          "istio-injection", "enabled",
          "istio.io/dataplane-mode", "ambient");

  /** Any of these, as label or annotation of the Pod or label of its Namespace, keeps it out. */
  static final Map<String, String> OPT_OUT =
      Map.of(
          "sluice.io/mesh", "disabled",
          "sidecar.istio.io/inject", "false",
          "istio.io/dataplane-mode", "none");

  private final Map<String, NamespaceResource> namespaces = new HashMap<>();
  private final Map<String, PodResource> byNetns = new HashMap<>();
  private final Report report;

  Enrolment(List<NamespaceResource> all, Report report) {
    all.forEach(namespace -> namespaces.putIfAbsent(namespace.header().name(), namespace));
    this.report = report;
  }

  List<MeshPod> enrolled(List<PodResource> pods) {
    return pods.stream()
        .filter(this::takesPart)
        .map(Enrolment::meshPod)
        .sorted(Comparator.comparing(MeshPod::uid))
        .toList();
  }

  private boolean takesPart(PodResource pod) {
    if (pod.netns().isEmpty() || pod.hostNetwork() || pod.finished()) {
      return false;
    }
    Optional<NamespaceResource> namespace =
        Optional.ofNullable(namespaces.get(pod.header().namespace()));
    if (namespace.isEmpty()) {
      report.warn(
          pod.header(),
          "metadata.namespace",
          pod.header().namespace(),
          "a Namespace among the resources, labelled sluice.io/mesh=enabled; without it the pod takes no part");
      return false;
    }
    Map<String, String> labels = namespace.get().labels();
    return anyOf(labels, OPT_IN)
        && !anyOf(labels, OPT_OUT)
        && !anyOf(pod.labels(), OPT_OUT)
        && !anyOf(pod.annotations(), OPT_OUT)
        && hasNetnsForItself(pod);
  }

  private boolean hasNetnsForItself(PodResource pod) {
    String netns = pod.netns().orElseThrow();
    PodResource first = byNetns.putIfAbsent(netns, pod);
    if (first != null) {
      report.warn(
          pod.header(),
          "metadata.annotations[sluice.io/netns]",
          netns,
          "a network namespace of its own: "
              + first.header().ref()
              + " has this one already, so this pod takes no part");
    }
    return first == null;
  }

  private static boolean anyOf(Map<String, String> labels, Map<String, String> wanted) {
    return wanted.entrySet().stream()
        .anyMatch(entry -> entry.getValue().equals(labels.get(entry.getKey())));
  }

  private static MeshPod meshPod(PodResource pod) {
    return new MeshPod(
        pod.uid(),
        Pods.workload(pod),
        pod.netns().orElseThrow(),
        // Whoever found the others need not be told of them: it would enrol the pod anew.
        pod.learned() ? List.of() : pod.addresses());
  }
}
