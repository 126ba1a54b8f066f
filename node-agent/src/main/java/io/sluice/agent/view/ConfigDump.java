package io.sluice.agent.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.mesh.RouteTable;
import io.sluice.mesh.http.HostRules;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ServicePort;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The route table in force as JSON, for people and scripts that ask why a request went where it
 * did. Sorted throughout, so that two dumps can be compared by {@code diff}. Pure.
 */
public final class ConfigDump {
  private final RouteTable table;
  private final Map<String, Cluster> clusters = new TreeMap<>();
  private final ObjectNode root = JsonNodeFactory.instance.objectNode();

  private ConfigDump(RouteTable table) {
    this.table = table;
  }

  /** Indented, ends without a newline. */
  public static String write(RouteTable table, List<Problem> problems) {
    ConfigDump dump = new ConfigDump(table);
    dump.root.put("generation", table.generation());
    dump.services();
    dump.hosts();
    dump.tcpHosts();
    dump.clusters();
    dump.workloads();
    dump.podPorts();
    ProblemJson.write(dump.root.putArray("problems"), problems);
    return dump.root.toPrettyString();
  }

  private void services() {
    Map<String, ServicePort> byName = new TreeMap<>();
    Map<String, TreeSet<String>> addresses = new TreeMap<>();
    table
        .servicesByAddress()
        .forEach((address, port) -> {
          byName.put(MeshJson.name(port), port);
          addresses
              .computeIfAbsent(MeshJson.name(port), name -> new TreeSet<>())
              .add(Addresses.text(address));
        });
    table
        .serviceBlocksByPort()
        .forEach((number, blocks) ->
            blocks
                .byBlock()
                .forEach((block, port) -> {
                  byName.put(MeshJson.name(port), port);
                  addresses
                      .computeIfAbsent(MeshJson.name(port), name -> new TreeSet<>())
                      .add(block + " port " + number);
                }));
    table.hostsByPort().values().stream()
        .flatMap(hosts -> hosts.values().stream())
        .flatMap(rules -> rules.service().stream())
        .forEach(port -> byName.put(MeshJson.name(port), port));
    ArrayNode array = root.putArray("services");
    byName.forEach((name, port) -> {
      ObjectNode node = array.addObject();
      MeshJson.service(node, port);
      addresses.getOrDefault(name, new TreeSet<>()).forEach(node.putArray("addresses")::add);
      remember(port.cluster());
    });
  }

  private void hosts() {
    ArrayNode array = root.putArray("hosts");
    new TreeMap<>(table.hostsByPort())
        .forEach((port, hosts) -> {
          // A service stands under several names: show its rules once.
          Map<HostRules, TreeSet<String>> names = new LinkedHashMap<>();
          new TreeMap<>(hosts)
              .forEach(
                  (name, rules) -> names.computeIfAbsent(rules, any -> new TreeSet<>()).add(name));
          names.entrySet().stream()
              .sorted(Comparator.comparing(entry -> entry.getKey().host()))
              .forEach(entry -> host(array.addObject(), port, entry.getKey(), entry.getValue()));
        });
  }

  private void tcpHosts() {
    ArrayNode array = root.putArray("tcpHosts");
    TcpHostJson json = new TcpHostJson(this::remember);
    new TreeMap<>(table.tcpHostsByPort()).forEach((port, hosts) -> json.write(array, port, hosts));
  }

  private void host(ObjectNode node, int port, HostRules rules, TreeSet<String> names) {
    node.put("port", port);
    node.put("host", rules.host());
    names.forEach(node.putArray("names")::add);
    node.put("service", rules.service().map(MeshJson::name).orElse(""));
    ArrayNode scopes = node.putArray("scopes");
    for (HostRules.Scope scope : rules.scopes()) {
      ObjectNode scopeNode = scopes.addObject();
      new TreeSet<>(scope.namespaces()).forEach(scopeNode.putArray("namespaces")::add);
      ArrayNode routes = scopeNode.putArray("routes");
      scope.routes().forEach(route -> route(routes.addObject(), route));
    }
  }

  private void route(ObjectNode node, HttpRoute route) {
    RouteJson.write(node, route);
    if (route.action() instanceof HttpAction.Forward forward) {
      forward.split().clusters().forEach(weighted -> remember(weighted.cluster()));
    }
  }

  private void remember(Cluster cluster) {
    clusters.putIfAbsent(cluster.id().toString(), cluster);
  }

  private void clusters() {
    ArrayNode array = root.putArray("clusters");
    clusters.values().forEach(cluster -> MeshJson.cluster(array.addObject(), cluster));
  }

  private void workloads() {
    ArrayNode array = root.putArray("workloads");
    table.workloadsByAddress().entrySet().stream()
        .sorted(Comparator.comparing(entry -> entry.getKey().getHostAddress()))
        .forEach(entry -> {
          ObjectNode node = array.addObject();
          node.put("address", entry.getKey().getHostAddress());
          MeshJson.workload(node, entry.getValue());
        });
  }

  private void podPorts() {
    ArrayNode array = root.putArray("podPorts");
    table.servicesByPodPort().entrySet().stream()
        .sorted(Comparator.comparing(entry -> Addresses.text(entry.getKey())))
        .forEach(entry -> {
          ObjectNode node = array.addObject();
          node.put("address", Addresses.text(entry.getKey()));
          ArrayNode services = node.putArray("services");
          entry.getValue().forEach(port -> services.add(MeshJson.name(port)));
        });
  }
}
