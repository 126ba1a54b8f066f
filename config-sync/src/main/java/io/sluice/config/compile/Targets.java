package io.sluice.config.compile;

import io.sluice.config.resource.VirtualServiceResource;
import io.sluice.config.resource.VirtualServiceResource.Destination;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ServiceId;
import java.util.Optional;

/** Finds the clusters that destinations of rules name. */
final class Targets {
  private final Catalog catalog;
  private final Clusters clusters;
  private final Report report;
  private final Optional<String> client;
  private final String consequence;

  /**
   * @param report what is wrong for these callers
   * @param client namespace of the callers; empty: any without DestinationRules for foreign hosts
   * @param consequence of a destination that does not exist, for messages
   */
  Targets(
      Catalog catalog,
      Clusters clusters,
      Report report,
      Optional<String> client,
      String consequence) {
    this.catalog = catalog;
    this.clusters = clusters;
    this.report = report;
    this.client = client;
    this.consequence = consequence;
  }

  /**
   * @param port that the cluster is of; empty when it does not exist
   * @param missing what does not exist; empty when all is well
   */
  record Target(Cluster cluster, Optional<KnownHost.Port> port, String missing) {}

  /**
   * Never fails: a destination that does not exist is reported, and nobody stands for it.
   *
   * @param field path of the destination, for messages
   * @param host whose callers are sent there
   * @param port that they dialled
   */
  Target find(
      VirtualServiceResource rules, Destination destination, String field, String host, int port) {
    String name = HostNames.resolve(destination.host(), rules.header().namespace());
    Optional<KnownHost> known = catalog.find(name);
    if (known.isEmpty()) {
      return missing(
          rules,
          nobody(HostNames.serviceOf(name), destination, port),
          field + ".host",
          destination.host(),
          noHost(destination, name));
    }
    int number = portOf(destination, known.get(), port);
    KnownHost.Port target = known.get().ports().get(number);
    if (target == null) {
      return missing(
          rules,
          nobody(known.get().id(), destination, number),
          field + ".port.number",
          Integer.toString(number),
          "a port of " + name + ": one of " + known.get().ports().keySet() + "; " + consequence);
    }
    Optional<Cluster> cluster =
        clusters.routed(client, known.get(), target, destination.subset(), name.equals(host));
    if (cluster.isEmpty()) {
      return missing(
          rules,
          nobody(known.get().id(), destination, number),
          field + ".subset",
          destination.subset(),
          "a subset that a DestinationRule for "
              + name
              + " in namespace "
              + known.get().id().namespace()
              + " or "
              + DestinationRules.ROOT_NAMESPACE
              + " names; "
              + consequence);
    }
    return new Target(cluster.get(), Optional.of(target), "");
  }

  private Target missing(
      VirtualServiceResource rules, Cluster nobody, String field, String value, String expected) {
    report.warn(rules.header(), field, value, expected);
    return new Target(
        nobody,
        Optional.empty(),
        rules.header().ref() + " " + field + ": " + value + " does not exist");
  }

  private static Cluster nobody(ServiceId service, Destination destination, int port) {
    return Clusters.nobody(service, port, destination.subset());
  }

  private String noHost(Destination destination, String name) {
    String looked =
        name.equals(destination.host())
            ? ""
            : " (a short name is looked for in the rule's own namespace, as " + name + ")";
    return "a host that a Service or ServiceEntry declares" + looked + "; " + consequence;
  }

  /** As Istio: the port named, the only port of the service, or the one that the client dialled. */
  private static int portOf(Destination destination, KnownHost known, int dialled) {
    if (destination.port().isPresent()) {
      return destination.port().getAsInt();
    }
    return known.ports().size() == 1 ? known.ports().keySet().iterator().next() : dialled;
  }
}
