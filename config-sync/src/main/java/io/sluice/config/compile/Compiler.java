package io.sluice.config.compile;

import io.sluice.config.resource.MeshResource;
import io.sluice.mesh.RouteTable;
import io.sluice.mesh.service.ServicePort;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All resources in, one table out. */
public final class Compiler {
  private final Report report = new Report();
  private final Resources resources;
  private final Pods pods;
  private final Catalog catalog;
  private final Clusters clusters;

  private Compiler(Collection<? extends MeshResource> all) {
    resources = Resources.of(all);
    pods = new Pods(resources.pods(), report);
    catalog = new Catalog(resources, pods, report);
    clusters = new Clusters(new DestinationRules(resources.destinationRules(), catalog, report));
  }

  /**
   * Compiles; the same resources give the same result, in whatever order they come.
   *
   * @param all each valid by itself, none twice
   * @param generation of the table, > 0
   */
  public static Compiled compile(Collection<? extends MeshResource> all, long generation) {
    return new Compiler(all).compile(generation);
  }

  private Compiled compile(long generation) {
    RuleChecks checks = new RuleChecks(catalog, report);
    TcpRuleChecks tcpChecks = new TcpRuleChecks(catalog, report);
    resources
        .virtualServices()
        .forEach(rules -> {
          checks.check(rules);
          tcpChecks.check(rules);
        });
    Claims claims = new Claims(catalog, clusters, resources.virtualServices(), report);
    Addresses addresses = new Addresses(catalog, clusters, report);
    RouteTable table =
        new RouteTable(
            generation,
            addresses.servicesByAddress(),
            addresses.blocksByPort(),
            pods.workloads(),
            servicesByPodPort(),
            new HostCompiler(catalog, clusters, claims).compile(),
            new TcpHostCompiler(catalog, clusters, claims).compile());
    return new Compiled(
        table,
        new Enrolment(resources.namespaces(), report).enrolled(resources.pods()),
        report.problems());
  }

  private Map<InetSocketAddress, List<ServicePort>> servicesByPodPort() {
    Map<InetSocketAddress, List<ServicePort>> byPod = new HashMap<>();
    catalog.forEachPort((known, port) ->
        port.members()
            .forEach(member ->
                byPod
                    .computeIfAbsent(member.address(), key -> new ArrayList<>())
                    .add(clusters.servicePort(known, port))));
    byPod.values().forEach(list -> list.sort(Comparator.comparing(port -> port.service().host())));
    return byPod;
  }
}
