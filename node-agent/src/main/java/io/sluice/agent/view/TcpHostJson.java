package io.sluice.agent.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.tcp.TcpHosts;
import io.sluice.mesh.tcp.TcpMatch;
import io.sluice.mesh.tcp.TcpRoute;
import io.sluice.mesh.tcp.TcpRules;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The hosts of one port for connections that are not HTTP. A Service without rules of that kind is
 * left out: there is nothing to say but its cluster.
 */
final class TcpHostJson {
  private final Consumer<Cluster> clusters;

  /**
   * @param clusters takes each that is named here
   */
  TcpHostJson(Consumer<Cluster> clusters) {
    this.clusters = clusters;
  }

  void write(ArrayNode array, int port, TcpHosts hosts) {
    // A service stands under several names: show its rules once.
    Map<TcpRules, TreeSet<String>> names = new IdentityHashMap<>();
    hosts
        .byName()
        .forEach((name, rules) -> names.computeIfAbsent(rules, any -> new TreeSet<>()).add(name));
    names.entrySet().stream()
        .filter(entry -> isWorthIt(entry.getKey()))
        .sorted(Comparator.comparing(entry -> entry.getKey().host()))
        .forEach(entry -> host(array.addObject(), port, entry.getKey(), entry.getValue()));
  }

  private static boolean isWorthIt(TcpRules rules) {
    return rules.declared() != TcpRules.Declared.SERVICE
        || !rules.scopes().isEmpty()
        || !rules.ownClusters().isEmpty();
  }

  private void host(ObjectNode node, int port, TcpRules rules, TreeSet<String> names) {
    node.put("port", port);
    node.put("host", rules.host());
    names.forEach(node.putArray("names")::add);
    node.put("service", rules.service().map(MeshJson::name).orElse(""));
    rules.service().ifPresent(service -> clusters.accept(service.cluster()));
    foundBy(node.putArray("foundBy"), rules);
    if (!rules.ownClusters().isEmpty()) {
      ObjectNode own = node.putObject("clustersByClientNamespace");
      new TreeMap<>(rules.ownClusters())
          .forEach((client, cluster) -> MeshJson.cluster(own.putObject(client), cluster));
    }
    ArrayNode scopes = node.putArray("scopes");
    for (TcpRules.Scope scope : rules.scopes()) {
      ObjectNode scopeNode = scopes.addObject();
      new TreeSet<>(scope.namespaces()).forEach(scopeNode.putArray("namespaces")::add);
      routes(scopeNode.putArray("tls"), scope.tls());
      routes(scopeNode.putArray("tcp"), scope.tcp());
    }
  }

  private static void foundBy(ArrayNode array, TcpRules rules) {
    if (rules.declared() == TcpRules.Declared.SERVICE || !rules.addresses().isEmpty()) {
      array.add("address");
    }
    if (rules.isFoundByServerName()) {
      array.add("serverName");
    }
    if (rules.named()) {
      array.add("dnsName");
    }
    if (rules.hasSubnets()) {
      array.add("subnet");
    }
  }

  private void routes(ArrayNode array, List<TcpRoute> routes) {
    for (TcpRoute route : routes) {
      ObjectNode node = array.addObject();
      node.put("name", route.name());
      node.put("origin", route.origin().toString());
      ArrayNode matches = node.putArray("matches");
      route.matches().forEach(match -> match(matches.addObject(), match));
      RouteJson.split(node.putArray("forward"), route.split());
      route.split().clusters().forEach(weighted -> clusters.accept(weighted.cluster()));
    }
  }

  /** Conditions that hold for everything are left out. */
  private static void match(ObjectNode node, TcpMatch match) {
    if (!match.sniHosts().isEmpty()) {
      match.sniHosts().forEach(node.putArray("sniHosts")::add);
    }
    if (!match.destinationSubnets().isEmpty()) {
      ArrayNode subnets = node.putArray("destinationSubnets");
      match.destinationSubnets().forEach(subnet -> subnets.add(subnet.toString()));
    }
    RouteJson.caller(node, match.port(), match.sourceLabels(), match.sourceNamespace());
  }
}
