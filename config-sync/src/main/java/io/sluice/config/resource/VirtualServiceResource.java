package io.sluice.config.resource;

import io.sluice.mesh.http.FaultAbort;
import io.sluice.mesh.http.HttpMatch;
import io.sluice.mesh.tcp.TcpMatch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A VirtualService.
 *
 * @param hosts as written, lower case
 * @param exportTo as written: namespaces, {@code .}, {@code *} or {@code ~}; empty: everywhere
 * @param mesh it applies to calls between workloads ({@code gateways} absent or with {@code mesh})
 * @param rules {@code spec.http}
 */
public record VirtualServiceResource(
    Header header,
    List<String> hosts,
    List<String> exportTo,
    boolean mesh,
    List<Rule> rules,
    List<TcpRule> tls,
    List<TcpRule> tcp)
    implements MeshResource {
  public VirtualServiceResource {
    hosts = List.copyOf(hosts);
    exportTo = List.copyOf(exportTo);
    rules = List.copyOf(rules);
    tls = List.copyOf(tls);
    tcp = List.copyOf(tcp);
  }

  /** Whether it says something of connections that are not HTTP. */
  public boolean hasTcpRules() {
    return !tls.isEmpty() || !tcp.isEmpty();
  }

  /**
   * One entry of {@code spec.http}.
   *
   * @param index its place in {@code spec.http}, for messages
   * @param matches one must hold; empty: always. Entries that never hold here are left out already:
   *     those for gateways only, and those with a condition that can't be checked
   * @param never it had matches, but none that can hold here: it never applies
   * @param destinations empty when {@code otherwise} is set
   * @param otherwise what it does instead of forwarding, where that is not supported yet
   */
  public record Rule(
      int index,
      Optional<String> name,
      List<HttpMatch> matches,
      boolean never,
      List<Destination> destinations,
      Optional<String> otherwise,
      Optional<Duration> timeout,
      Optional<FaultAbort> abort) {
    public Rule {
      matches = List.copyOf(matches);
      destinations = List.copyOf(destinations);
    }
  }

  /**
   * One entry of {@code spec.tls} or {@code spec.tcp}.
   *
   * @param index its place there, for messages
   * @param matches one must hold; empty: always. Entries that never hold here are left out already
   * @param never it had matches, but none that can hold here: it never applies
   * @param destinations at least one
   */
  public record TcpRule(
      int index, List<TcpMatch> matches, boolean never, List<Destination> destinations) {
    public TcpRule {
      matches = List.copyOf(matches);
      destinations = List.copyOf(destinations);
    }
  }

  /**
   * Where a share of the requests or connections goes.
   *
   * @param host as written, lower case
   * @param subset empty for all endpoints
   */
  public record Destination(String host, String subset, OptionalInt port, int weight) {}
}
