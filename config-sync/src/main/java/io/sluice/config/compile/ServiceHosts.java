package io.sluice.config.compile;

import io.sluice.config.resource.PodResource;
import io.sluice.config.resource.ServiceResource;
import io.sluice.config.resource.ServiceResource.Port;
import io.sluice.config.resource.ServiceResource.Target;
import io.sluice.config.resource.SliceResource;
import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.ServiceId;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Services with their endpoints: from EndpointSlices, or by selector where a service has none. */
final class ServiceHosts {
  private final Pods pods;
  private final Map<String, List<SliceResource>> slicesByService = new LinkedHashMap<>();

  ServiceHosts(Pods pods, List<SliceResource> slices) {
    this.pods = pods;
    for (SliceResource slice : slices) {
      slicesByService
          .computeIfAbsent(
              slice.header().namespace() + "/" + slice.service(), key -> new ArrayList<>())
          .add(slice);
    }
  }

  KnownHost host(ServiceResource service) {
    String name = service.header().name();
    String namespace = service.header().namespace();
    Map<Integer, KnownHost.Port> ports = new LinkedHashMap<>();
    for (Port port : service.ports()) {
      ports.put(port.number(), port(service, port));
    }
    return new KnownHost(
        service.header(),
        new ServiceId(HostNames.ofService(name, namespace), name, namespace),
        spellings(service),
        service.clusterIps().stream().map(AddressBlock::single).toList(),
        ports);
  }

  private static List<String> spellings(ServiceResource service) {
    List<String> plain = HostNames.spellings(service.header().name(), service.header().namespace());
    List<String> all = new ArrayList<>(plain);
    if (service.headless()) {
      // pod-0.db.shop: each pod of a StatefulSet has a name of its own below the service's.
      plain.forEach(name -> all.add("*." + name));
    }
    all.addAll(HostNames.spellings(service.clusterIps()));
    return all;
  }

  private KnownHost.Port port(ServiceResource service, Port port) {
    if (service.externalName().isPresent()) {
      Backends named =
          new Backends.Named(
              List.of(
                  new Backends.NamedMember(
                      new Discovery.Dns.Name(service.externalName().get(), port.number()),
                      Map.of())));
      return new KnownHost.Port(port.number(), port.protocol(), named, named, List.of(), List.of());
    }
    List<Backends.Member> members = members(service, port);
    Backends listed = new Backends.Listed(primaryFamily(service, members));
    return service.headless()
        ? new KnownHost.Port(
            port.number(), port.protocol(), new Backends.AsDialled(), listed, members, members)
        : new KnownHost.Port(port.number(), port.protocol(), listed, listed, List.of(), members);
  }

  private List<Backends.Member> members(ServiceResource service, Port port) {
    List<SliceResource> slices =
        slicesByService.get(service.header().namespace() + "/" + service.header().name());
    return slices != null ? fromSlices(service, port, slices) : bySelector(service, port);
  }

  private List<Backends.Member> fromSlices(
      ServiceResource service, Port port, List<SliceResource> slices) {
    Map<InetSocketAddress, Backends.Member> members = new LinkedHashMap<>();
    for (SliceResource slice : slices) {
      Integer number = slice.ports().get(port.name());
      if (number != null) {
        slice.endpoints().stream()
            .filter(entry -> entry.ready() || service.publishNotReady())
            .forEach(entry -> put(members, slice, entry, number));
      }
    }
    return List.copyOf(members.values());
  }

  private void put(
      Map<InetSocketAddress, Backends.Member> members,
      SliceResource slice,
      SliceResource.Entry entry,
      int port) {
    for (InetAddress address : entry.addresses()) {
      put(members, address, port, podOf(slice, entry, address));
    }
  }

  private Optional<PodResource> podOf(
      SliceResource slice, SliceResource.Entry entry, InetAddress address) {
    return entry
        .pod()
        .flatMap(name -> pods.named(slice.header().namespace(), name))
        .or(() -> pods.at(address));
  }

  private List<Backends.Member> bySelector(ServiceResource service, Port port) {
    Map<InetSocketAddress, Backends.Member> members = new LinkedHashMap<>();
    if (service.selector().isEmpty()) {
      return List.of();
    }
    for (PodResource pod : pods.selected(service.header().namespace(), service.selector())) {
      Integer number = targetPort(pod, port);
      if (number != null && (pod.ready() || service.publishNotReady())) {
        pod.addresses().forEach(address -> put(members, address, number, Optional.of(pod)));
      }
    }
    return List.copyOf(members.values());
  }

  private static @Nullable Integer targetPort(PodResource pod, Port port) {
    return switch (port.target()) {
      case Target.Number number -> Integer.valueOf(number.port());
      case Target.Named named -> pod.namedPorts().get(named.name());
    };
  }

  private static void put(
      Map<InetSocketAddress, Backends.Member> members,
      InetAddress address,
      int port,
      Optional<PodResource> pod) {
    InetSocketAddress key = new InetSocketAddress(address, port);
    members.putIfAbsent(
        key,
        new Backends.Member(
            key, pod.map(Pods::workload), pod.map(PodResource::labels).orElse(Map.of())));
  }

  /**
   * Dual-stack pods stand twice among the members: a client must not be sent to a family that it
   * may not have.
   */
  private static List<Backends.Member> primaryFamily(
      ServiceResource service, List<Backends.Member> members) {
    boolean six =
        !service.clusterIps().isEmpty() && service.clusterIps().getFirst() instanceof Inet6Address;
    List<Backends.Member> primary =
        members.stream()
            .filter(member -> member.address().getAddress() instanceof Inet6Address == six)
            .toList();
    return primary.isEmpty() ? members : primary;
  }
}
