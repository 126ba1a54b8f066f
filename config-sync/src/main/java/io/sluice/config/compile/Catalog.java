package io.sluice.config.compile;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Every host that a Service or ServiceEntry declares, by its full name. */
final class Catalog {
  private final Map<String, KnownHost> byHost = new LinkedHashMap<>();

  Catalog(Resources resources, Pods pods, Report report) {
    ServiceHosts services = new ServiceHosts(pods, resources.slices());
    resources.services().forEach(service -> add(services.host(service), report));
    EntryHosts entries = new EntryHosts(pods);
    resources.serviceEntries().stream()
        .map(entries::hosts)
        .flatMap(List::stream)
        .forEach(host -> add(host, report));
  }

  private void add(KnownHost host, Report report) {
    KnownHost before = byHost.putIfAbsent(host.host(), host);
    if (before == null) {
      return;
    }
    if (before.isSameServiceAs(host)) {
      byHost.put(host.host(), before.withPortsOf(host));
      reportPorts(before, host, report);
    } else {
      report.warn(
          host.header(),
          "spec.hosts",
          host.host(),
          "a host that nothing else declares: "
              + before.header().ref()
              + " declares it already and is used");
    }
  }

  private static void reportPorts(KnownHost before, KnownHost host, Report report) {
    for (int number : host.ports().keySet()) {
      if (before.ports().containsKey(number)) {
        report.warn(
            host.header(),
            "spec.ports",
            host.host() + " port " + number,
            "a port that no other ServiceEntry declares for the host: that of "
                + before.header().ref()
                + " is used");
      }
    }
  }

  Collection<KnownHost> all() {
    return byHost.values();
  }

  void forEachPort(BiConsumer<KnownHost, KnownHost.Port> action) {
    for (KnownHost known : all()) {
      known.ports().values().forEach(port -> action.accept(known, port));
    }
  }

  Optional<KnownHost> find(String host) {
    return Optional.ofNullable(byHost.get(host));
  }

  /** The narrowest declared wildcard that covers a host. */
  Optional<KnownHost> covering(String host) {
    return byHost.values().stream()
        .filter(known -> HostNames.isWildcard(known.host()) && HostNames.covers(known.host(), host))
        .max(Comparator.comparingInt(known -> known.host().length()));
  }

  List<KnownHost> coveredBy(String pattern) {
    if (!HostNames.isWildcard(pattern)) {
      return find(pattern).stream().toList();
    }
    return byHost.values().stream()
        .filter(known -> HostNames.covers(pattern, known.host()))
        .toList();
  }
}
