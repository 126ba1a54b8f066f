package io.sluice.config.compile;

import io.sluice.config.resource.PodResource;
import io.sluice.mesh.workload.Workload;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The pods, found by name, by address and by labels. */
final class Pods {
  /** Name of the Kubernetes cluster in metrics, as Istio has it unless told otherwise. */
  private static final String CLUSTER = "Kubernetes";

  private final Map<String, List<PodResource>> byNamespace;
  private final Map<String, PodResource> byName = new HashMap<>();
  private final Map<InetAddress, PodResource> byAddress = new HashMap<>();

  Pods(List<PodResource> all, Report report) {
    byNamespace =
        all.stream()
            .filter(pod -> !pod.finished())
            .collect(Collectors.groupingBy(pod -> pod.header().namespace()));
    for (PodResource pod : all) {
      byName.put(pod.header().namespace() + "/" + pod.header().name(), pod);
      if (!pod.finished() && !pod.hostNetwork()) {
        pod.addresses().forEach(address -> own(pod, address, report));
      }
    }
  }

  private void own(PodResource pod, InetAddress address, Report report) {
    PodResource before = byAddress.putIfAbsent(address, pod);
    if (before != null) {
      report.warn(
          pod.header(),
          "status.podIPs",
          address.getHostAddress(),
          "an address of its own: it belongs to " + before.header().ref() + " already");
    }
  }

  Optional<PodResource> named(String namespace, String name) {
    return Optional.ofNullable(byName.get(namespace + "/" + name));
  }

  Optional<PodResource> at(InetAddress address) {
    return Optional.ofNullable(byAddress.get(address));
  }

  /** Those that can serve, by all labels of a selector. */
  List<PodResource> selected(String namespace, Map<String, String> selector) {
    return byNamespace.getOrDefault(namespace, List.of()).stream()
        .filter(pod -> pod.labels().entrySet().containsAll(selector.entrySet()))
        .toList();
  }

  Map<InetAddress, Workload> workloads() {
    Map<InetAddress, Workload> workloads = new HashMap<>();
    byAddress.forEach((address, pod) -> workloads.put(address, workload(pod)));
    return workloads;
  }

  static Workload workload(PodResource pod) {
    return new Workload(
        pod.header().namespace(),
        pod.header().name(),
        pod.owner(),
        pod.labels(),
        pod.serviceAccount(),
        CLUSTER);
  }
}
