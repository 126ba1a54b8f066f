package io.sluice.mesh;

import io.sluice.mesh.http.HostRules;
import io.sluice.mesh.service.ServiceBlocks;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.tcp.TcpHosts;
import io.sluice.mesh.tcp.TcpRules;
import io.sluice.mesh.workload.Workload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All resources, compiled. Deeply immutable.
 *
 * @param generation grows by one with each publication; 0 is the empty table
 * @param servicesByAddress ClusterIP:port and ServiceEntry address:port -> the service port
 * @param serviceBlocksByPort original destination port -> blocks of ServiceEntry addresses. Single
 *     addresses stand in {@code servicesByAddress}, which comes first
 * @param workloadsByAddress pod IP -> the pod
 * @param servicesByPodPort pod IP:target port -> the service ports that lead there, sorted by host
 * @param hostsByPort original destination port -> host as a client may write it -> rules. Keys are
 *     lower case without port; services stand under {@code name.ns}, {@code name.ns.svc} and {@code
 *     name.ns.svc.cluster.local}; a short name is looked up as {@code name.ns} with the client's
 *     namespace; wildcards stand as {@code *.example.com}
 * @param tcpHostsByPort original destination port -> hosts -> what is done with connections that
 *     are not HTTP. Names as in {@code hostsByPort}; each declared host stands here, whatever its
 *     port says that it speaks
 */
public record RouteTable(
    long generation,
    Map<InetSocketAddress, ServicePort> servicesByAddress,
    Map<Integer, ServiceBlocks> serviceBlocksByPort,
    Map<InetAddress, Workload> workloadsByAddress,
    Map<InetSocketAddress, List<ServicePort>> servicesByPodPort,
    Map<Integer, Map<String, HostRules>> hostsByPort,
    Map<Integer, TcpHosts> tcpHostsByPort) {

  /** Nothing is known: all traffic passes through. */
  public static final RouteTable EMPTY =
      new RouteTable(0, Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of());

  public RouteTable {
    if (generation < 0) {
      throw new IllegalArgumentException("generation: " + generation + " (expected: >= 0)");
    }
    servicesByAddress = frozen(servicesByAddress, Function.identity());
    serviceBlocksByPort = frozen(serviceBlocksByPort, Function.identity());
    workloadsByAddress = frozen(workloadsByAddress, Function.identity());
    servicesByPodPort = frozen(servicesByPodPort, List::copyOf);
    hostsByPort = frozen(hostsByPort, hosts -> frozen(hosts, Function.identity()));
    tcpHostsByPort = frozen(tcpHostsByPort, Function.identity());
  }

  /** A table without blocks, and without rules for connections that are not HTTP. */
  public RouteTable(
      long generation,
      Map<InetSocketAddress, ServicePort> servicesByAddress,
      Map<InetAddress, Workload> workloadsByAddress,
      Map<InetSocketAddress, List<ServicePort>> servicesByPodPort,
      Map<Integer, Map<String, HostRules>> hostsByPort) {
    this(
        generation,
        servicesByAddress,
        Map.of(),
        workloadsByAddress,
        servicesByPodPort,
        hostsByPort,
        Map.of());
  }

  /**
   * A copy that nobody can change. Not {@link Map#copyOf}: that one probes linearly and does not
   * mix hashes, and addresses given out in sequence have hashes in sequence; a look-up that finds
   * nothing would walk through half of them.
   */
  private static <K, V> Map<K, V> frozen(Map<K, V> map, Function<V, V> value) {
    Map<K, V> copy = HashMap.newHashMap(map.size());
    map.forEach(
        (key, original) -> copy.put(Objects.requireNonNull(key, "key"), value.apply(original)));
    return Collections.unmodifiableMap(copy);
  }

  /**
   * The service behind a ClusterIP or ServiceEntry address, else of the narrowest block that holds
   * the address; it must be resolved.
   */
  public Optional<ServicePort> serviceAt(InetSocketAddress originalDestination) {
    ServicePort exact = servicesByAddress.get(originalDestination);
    if (exact != null || serviceBlocksByPort.isEmpty()) {
      return Optional.ofNullable(exact);
    }
    ServiceBlocks blocks = serviceBlocksByPort.get(originalDestination.getPort());
    return blocks == null ? Optional.empty() : blocks.at(originalDestination.getAddress());
  }

  /** The pod that owns the address. */
  public Optional<Workload> workloadAt(InetAddress address) {
    return Optional.ofNullable(workloadsByAddress.get(address));
  }

  /** The service ports that lead to a pod's port; empty when none does. */
  public List<ServicePort> servicesOf(InetSocketAddress podPort) {
    return servicesByPodPort.getOrDefault(podPort, List.of());
  }

  /**
   * The rules of the host that a client named: exactly, else by the longest wildcard.
   *
   * @param clientNamespace resolves short names
   * @param port of the original destination
   * @param host lower case, without port and without trailing dot
   */
  public Optional<HostRules> host(String clientNamespace, int port, String host) {
    return find(hostsByPort.get(port), clientNamespace, host);
  }

  /**
   * What is done with connections to the host that are not HTTP: exactly, else by the longest
   * wildcard.
   *
   * @param clientNamespace resolves short names
   * @param port of the original destination
   * @param host of a service that was dialled, or a TLS server name; lower case, without trailing
   *     dot
   */
  public Optional<TcpRules> tcpHost(String clientNamespace, int port, String host) {
    TcpHosts hosts = tcpHostsByPort.get(port);
    return hosts == null ? Optional.empty() : find(hosts.byName(), clientNamespace, host);
  }

  /** All hosts of a port, for connections that are not HTTP. */
  public Optional<TcpHosts> tcpHosts(int port) {
    return Optional.ofNullable(tcpHostsByPort.get(port));
  }

  private static <V> Optional<V> find(
      @Nullable Map<String, V> hosts, String clientNamespace, String host) {
    Objects.requireNonNull(clientNamespace, "clientNamespace");
    if (hosts == null) {
      return Optional.empty();
    }
    V exact = hosts.get(host);
    if (exact == null && host.indexOf('.') < 0) {
      exact = hosts.get(host + "." + clientNamespace);
    }
    return exact != null ? Optional.of(exact) : longestWildcard(hosts, host);
  }

  private static <V> Optional<V> longestWildcard(Map<String, V> hosts, String host) {
    for (int dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      V rules = hosts.get("*" + host.substring(dot));
      if (rules != null) {
        return Optional.of(rules);
      }
    }
    return Optional.ofNullable(hosts.get("*"));
  }
}
