package io.sluice.config.compile;

import io.sluice.config.resource.ServiceEntryResource;
import io.sluice.config.resource.ServiceEntryResource.Backend;
import io.sluice.config.resource.ServiceEntryResource.Port;
import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.ServiceId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** ServiceEntries: one known host for each of their hosts. */
final class EntryHosts {
  private final Pods pods;

  EntryHosts(Pods pods) {
    this.pods = pods;
  }

  List<KnownHost> hosts(ServiceEntryResource entry) {
    return entry.hosts().stream().map(host -> host(entry, host)).toList();
  }

  private KnownHost host(ServiceEntryResource entry, String host) {
    Map<Integer, KnownHost.Port> ports = new LinkedHashMap<>();
    for (Port port : entry.ports()) {
      Backends backends = backends(entry, host, port);
      ports.put(
          port.number(),
          new KnownHost.Port(
              port.number(), port.protocol(), backends, backends, List.of(), podMembers(backends)));
    }
    List<String> spellings = new ArrayList<>();
    spellings.add(host);
    spellings.addAll(HostNames.spellings(singles(entry)));
    return new KnownHost(
        entry.header(),
        new ServiceId(host, host, entry.header().namespace()),
        spellings,
        entry.addresses(),
        ports);
  }

  private static List<InetAddress> singles(ServiceEntryResource entry) {
    return entry.addresses().stream()
        .filter(AddressBlock::isSingle)
        .map(AddressBlock::network)
        .toList();
  }

  private Backends backends(ServiceEntryResource entry, String host, Port port) {
    return switch (entry.resolution()) {
      case NONE -> new Backends.AsDialled();
      case STATIC ->
          new Backends.Listed(
              entry.backends().stream().map(backend -> listed(backend, port)).toList());
      case DNS -> new Backends.Named(named(entry, host, port));
    };
  }

  private Backends.Member listed(Backend backend, Port port) {
    InetAddress address = InetAddress.ofLiteral(backend.address());
    return new Backends.Member(
        new InetSocketAddress(address, portOf(backend, port)),
        pods.at(address).map(Pods::workload),
        backend.labels());
  }

  private static List<Backends.NamedMember> named(
      ServiceEntryResource entry, String host, Port port) {
    if (entry.backends().isEmpty()) {
      return List.of(
          new Backends.NamedMember(new Discovery.Dns.Name(host, port.targetOrNumber()), Map.of()));
    }
    return entry.backends().stream()
        .map(backend ->
            new Backends.NamedMember(
                new Discovery.Dns.Name(backend.address(), portOf(backend, port)), backend.labels()))
        .toList();
  }

  private static int portOf(Backend backend, Port port) {
    return Optional.ofNullable(backend.ports().get(port.name())).orElse(port.targetOrNumber());
  }

  /** Endpoints that are pods here: their side counts the calls under this host. */
  private static List<Backends.Member> podMembers(Backends backends) {
    return backends instanceof Backends.Listed listed
        ? listed.members().stream().filter(member -> member.workload().isPresent()).toList()
        : List.of();
  }
}
