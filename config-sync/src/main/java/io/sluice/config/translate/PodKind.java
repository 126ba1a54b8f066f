package io.sluice.config.translate;

import static io.sluice.config.translate.CoreKinds.orEmpty;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.sluice.config.resource.Header;
import io.sluice.config.resource.PodResource;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a Pod: only what matters here. */
final class PodKind {
  private static final String NETNS = "sluice.io/netns";
  private static final Set<String> FINISHED = Set.of("Succeeded", "Failed");

  /** As Kubernetes makes them: without vowels and look-alikes. */
  private static final Pattern TEMPLATE_HASH =
      Pattern.compile("-[bcdfghjklmnpqrstvwxz2456789]{5,10}$");

  private static final Pattern CRON_TIME = Pattern.compile("-\\d{8,}$");

  /** Annotations of a sidecar that narrow what it catches. */
  private static final List<String> NARROWING =
      List.of(
          "traffic.sidecar.istio.io/excludeOutboundPorts",
          "traffic.sidecar.istio.io/excludeOutboundIPRanges",
          "traffic.sidecar.istio.io/excludeInboundPorts",
          "traffic.sidecar.istio.io/includeOutboundIPRanges",
          "traffic.sidecar.istio.io/includeOutboundPorts",
          "traffic.sidecar.istio.io/includeInboundPorts");

  private PodKind() {}

  static PodResource read(Header header, Pod pod, Findings findings) {
    ObjectMeta meta = pod.getMetadata();
    PodSpec spec = pod.getSpec() == null ? new PodSpec() : pod.getSpec();
    PodStatus status = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
    Map<String, String> annotations = orEmpty(meta.getAnnotations());
    return new PodResource(
        header,
        uid(header, meta),
        orEmpty(meta.getLabels()),
        annotations,
        owner(meta),
        Optional.ofNullable(spec.getServiceAccountName())
            .filter(name -> !name.isEmpty())
            .orElse("default"),
        Boolean.TRUE.equals(spec.getHostNetwork()),
        meta.getDeletionTimestamp() != null
            || FINISHED.contains(Objects.requireNonNullElse(status.getPhase(), "")),
        ready(status),
        addresses(status, findings),
        false,
        namedPorts(spec),
        netns(annotations, findings));
  }

  private static String uid(Header header, ObjectMeta meta) {
    return Optional.ofNullable(meta.getUid())
        .filter(uid -> !uid.isEmpty())
        .orElse(header.namespace() + "/" + header.name());
  }

  private static String owner(ObjectMeta meta) {
    List<OwnerReference> owners = orEmpty(meta.getOwnerReferences());
    return owners.stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .findFirst()
        .or(() -> owners.stream().findFirst())
        .map(owner -> ownerName(owner, orEmpty(meta.getLabels())))
        .orElse(meta.getName());
  }

  private static String ownerName(OwnerReference owner, Map<String, String> labels) {
    return switch (Objects.requireNonNullElse(owner.getKind(), "")) {
      case "ReplicaSet" -> deployment(owner.getName(), labels.get("pod-template-hash"));
      case "Job" -> CRON_TIME.matcher(owner.getName()).replaceFirst("");
      default -> owner.getName();
    };
  }

  private static String deployment(String replicaSet, @Nullable String hash) {
    if (hash != null && replicaSet.endsWith("-" + hash)) {
      return replicaSet.substring(0, replicaSet.length() - hash.length() - 1);
    }
    return TEMPLATE_HASH.matcher(replicaSet).replaceFirst("");
  }

  private static boolean ready(PodStatus status) {
    return orEmpty(status.getConditions()).stream()
        .noneMatch(condition ->
            "Ready".equals(condition.getType()) && "False".equals(condition.getStatus()));
  }

  private static List<InetAddress> addresses(PodStatus status, Findings findings) {
    Set<String> texts = new LinkedHashSet<>();
    if (status.getPodIP() != null) {
      texts.add(status.getPodIP());
    }
    orEmpty(status.getPodIPs()).stream()
        .map(PodIP::getIp)
        .filter(Objects::nonNull)
        .forEach(texts::add);
    return CoreKinds.addresses("status.podIPs", texts, findings);
  }

  private static Map<String, Integer> namedPorts(PodSpec spec) {
    Map<String, Integer> ports = new HashMap<>();
    orEmpty(spec.getContainers()).stream()
        .flatMap(container -> orEmpty(container.getPorts()).stream())
        .filter(port -> port.getName() != null && port.getContainerPort() != null)
        .filter(port -> CoreKinds.isPort(port.getContainerPort()) && isTcp(port))
        .forEach(port -> ports.putIfAbsent(port.getName(), port.getContainerPort()));
    return ports;
  }

  private static boolean isTcp(ContainerPort port) {
    return port.getProtocol() == null || port.getProtocol().equals("TCP");
  }

  private static Optional<String> netns(Map<String, String> annotations, Findings findings) {
    Optional<String> netns = Optional.ofNullable(annotations.get(NETNS));
    if (netns.isPresent() && (!netns.get().startsWith("/") || netns.get().indexOf('\0') >= 0)) {
      findings.error(
          "metadata.annotations[" + NETNS + "]",
          netns.get(),
          "an absolute path such as /run/netns/web");
      return Optional.empty();
    }
    if (netns.isPresent()) {
      NARROWING.stream()
          .filter(annotations::containsKey)
          .forEach(name ->
              findings.notSupported(
                  "metadata.annotations[" + name + "]",
                  annotations.getOrDefault(name, ""),
                  "no such annotation: it is not supported yet and has no effect"));
    }
    return netns;
  }
}
