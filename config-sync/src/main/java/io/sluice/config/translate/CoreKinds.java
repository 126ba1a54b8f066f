package io.sluice.config.translate;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.sluice.config.resource.Header;
import io.sluice.config.resource.NamespaceResource;
import io.sluice.config.resource.ServiceResource;
import io.sluice.config.resource.SliceResource;
import io.sluice.mesh.service.AppProtocol;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads Namespace, Service and EndpointSlice: only what matters here, the rest is none of our
 * business.
 */
final class CoreKinds {
  private static final String TCP = "TCP";
  private static final String SERVICE_NAME_LABEL = "kubernetes.io/service-name";
  private static final String EXPORT_TO = "networking.istio.io/exportTo";
  private static final String PORT = "a port, 1..65535";

  private CoreKinds() {}

  static NamespaceResource namespace(Header header, Namespace namespace) {
    return new NamespaceResource(header, orEmpty(namespace.getMetadata().getLabels()));
  }

  static ServiceResource service(
      Header header, io.fabric8.kubernetes.api.model.Service service, Findings findings) {
    ServiceSpec spec = service.getSpec() == null ? new ServiceSpec() : service.getSpec();
    String exportTo = orEmpty(service.getMetadata().getAnnotations()).get(EXPORT_TO);
    if (exportTo != null && !exportTo.contains("*")) {
      findings.notSupported(
          "metadata.annotations[" + EXPORT_TO + "]",
          exportTo,
          "\"*\": a narrower one is not supported yet, all namespaces see it");
    }
    unsupported(spec, findings);
    boolean external = "ExternalName".equals(spec.getType());
    if (external && spec.getExternalName() == null) {
      findings.error("spec.externalName", "", "a DNS name, for type is ExternalName");
    }
    return new ServiceResource(
        header,
        external ? List.of() : clusterIps(spec, findings),
        "None".equals(spec.getClusterIP()),
        external ? Optional.ofNullable(spec.getExternalName()) : Optional.empty(),
        orEmpty(spec.getSelector()),
        Boolean.TRUE.equals(spec.getPublishNotReadyAddresses()),
        ports(spec, findings));
  }

  /** What kube-proxy would heed, and what no Service has. */
  private static void unsupported(ServiceSpec spec, Findings findings) {
    if ("ClientIP".equals(spec.getSessionAffinity())) {
      findings.notSupported(
          "spec.sessionAffinity",
          "ClientIP",
          "None: each request or connection may go to another pod");
    }
    if ("Local".equals(spec.getInternalTrafficPolicy())) {
      findings.notSupported(
          "spec.internalTrafficPolicy", "Local", "Cluster: pods of all nodes are called");
    }
    unknown("spec", spec.getAdditionalProperties(), findings);
    List<ServicePort> ports = orEmpty(spec.getPorts());
    for (int index = 0; index < ports.size(); index++) {
      unknown("spec.ports[" + index + "]", ports.get(index).getAdditionalProperties(), findings);
    }
  }

  /** A misspelled selector or targetPort leads traffic elsewhere. */
  private static void unknown(
      String path, @Nullable Map<String, Object> fields, Findings findings) {
    orEmpty(fields)
        .forEach((name, value) ->
            findings.warn(path + "." + name, String.valueOf(value), Fields.UNKNOWN));
  }

  private static List<InetAddress> clusterIps(ServiceSpec spec, Findings findings) {
    Set<String> texts = new LinkedHashSet<>();
    if (spec.getClusterIP() != null) {
      texts.add(spec.getClusterIP());
    }
    texts.addAll(orEmpty(spec.getClusterIPs()));
    texts.removeAll(List.of("None", ""));
    return addresses("spec.clusterIP", texts, findings);
  }

  private static List<ServiceResource.Port> ports(ServiceSpec spec, Findings findings) {
    List<ServiceResource.Port> ports = new ArrayList<>();
    Set<Integer> numbers = new HashSet<>();
    List<ServicePort> all = orEmpty(spec.getPorts());
    for (int index = 0; index < all.size(); index++) {
      ServicePort port = all.get(index);
      String path = "spec.ports[" + index + "]";
      int number = Objects.requireNonNullElse(port.getPort(), 0);
      boolean tcp = TCP.equals(Objects.requireNonNullElse(port.getProtocol(), TCP));
      if (!isPort(number)) {
        findings.error(path + ".port", number, PORT);
      } else if (tcp && !numbers.add(number)) {
        findings.error(
            path + ".port", number, "a number that no other TCP port of the service has");
      } else if (tcp) {
        port(port, number, path, findings).ifPresent(ports::add);
      }
    }
    return ports;
  }

  private static Optional<ServiceResource.Port> port(
      ServicePort port, int number, String path, Findings findings) {
    String name = Objects.requireNonNullElse(port.getName(), "");
    AppProtocol protocol = Protocols.of(Optional.ofNullable(port.getAppProtocol()), name, number);
    return target(port, number, path, findings)
        .filter(target -> protocol != AppProtocol.UDP)
        .map(target -> new ServiceResource.Port(name, number, protocol, target));
  }

  private static Optional<ServiceResource.Target> target(
      ServicePort port, int number, String path, Findings findings) {
    if (port.getTargetPort() == null) {
      return Optional.of(new ServiceResource.Target.Number(number));
    }
    Integer target = port.getTargetPort().getIntVal();
    String named = port.getTargetPort().getStrVal();
    if (named != null && !named.isEmpty() && !named.chars().allMatch(Character::isDigit)) {
      return Optional.of(new ServiceResource.Target.Named(named));
    }
    if (target == null || !isPort(target)) {
      findings.error(
          path + ".targetPort",
          String.valueOf(port.getTargetPort().getValue()),
          PORT + ", or a container port's name");
      return Optional.empty();
    }
    return Optional.of(new ServiceResource.Target.Number(target));
  }

  /** Empty when it belongs to no Service, or holds names instead of addresses. */
  static Optional<SliceResource> slice(Header header, EndpointSlice slice, Findings findings) {
    String service = orEmpty(slice.getMetadata().getLabels()).get(SERVICE_NAME_LABEL);
    if (service == null) {
      findings.warn(
          "metadata.labels",
          "",
          "label " + SERVICE_NAME_LABEL + ": without it the slice belongs to no Service");
      return Optional.empty();
    }
    if ("FQDN".equals(slice.getAddressType())) {
      findings.notSupported(
          "addressType",
          "FQDN",
          "IPv4 or IPv6: names are not supported yet, the slice has no effect");
      return Optional.empty();
    }
    List<SliceResource.Entry> entries = new ArrayList<>();
    List<Endpoint> endpoints = orEmpty(slice.getEndpoints());
    for (int index = 0; index < endpoints.size(); index++) {
      entries.add(entry("endpoints[" + index + "]", endpoints.get(index), findings));
    }
    return Optional.of(new SliceResource(header, service, slicePorts(slice, findings), entries));
  }

  private static SliceResource.Entry entry(String path, Endpoint endpoint, Findings findings) {
    boolean notReady =
        endpoint.getConditions() != null
            && Boolean.FALSE.equals(endpoint.getConditions().getReady());
    Optional<String> pod =
        Optional.ofNullable(endpoint.getTargetRef())
            .filter(ref -> "Pod".equals(ref.getKind()))
            .map(ref -> ref.getName());
    return new SliceResource.Entry(
        addresses(path + ".addresses", orEmpty(endpoint.getAddresses()), findings), !notReady, pod);
  }

  private static Map<String, Integer> slicePorts(EndpointSlice slice, Findings findings) {
    Map<String, Integer> ports = new HashMap<>();
    for (EndpointPort port : orEmpty(slice.getPorts())) {
      Integer number = port.getPort();
      if (number != null && !isPort(number)) {
        findings.error("ports.port", number, PORT);
      } else if (number != null
          && TCP.equals(Objects.requireNonNullElse(port.getProtocol(), TCP))) {
        ports.put(Objects.requireNonNullElse(port.getName(), ""), number);
      }
    }
    return ports;
  }

  static List<InetAddress> addresses(String path, Iterable<String> texts, Findings findings) {
    List<InetAddress> addresses = new ArrayList<>();
    for (String text : texts) {
      Optional<InetAddress> address = text == null ? Optional.empty() : Hosts.address(text);
      if (address.isEmpty()) {
        findings.error(path, String.valueOf(text), "an IP address");
      }
      address.ifPresent(addresses::add);
    }
    return addresses;
  }

  static boolean isPort(int number) {
    return number >= 1 && number <= 65535;
  }

  static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  static <V> Map<String, V> orEmpty(@Nullable Map<String, V> map) {
    return map == null ? Map.of() : map;
  }
}
