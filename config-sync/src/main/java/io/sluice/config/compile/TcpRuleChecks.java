package io.sluice.config.compile;

import io.sluice.config.resource.VirtualServiceResource;
import io.sluice.config.resource.VirtualServiceResource.TcpRule;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.tcp.TcpMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Warns of {@code tls} and {@code tcp} rules that are valid and still do nothing. */
final class TcpRuleChecks {
  private final Catalog catalog;
  private final Report report;

  TcpRuleChecks(Catalog catalog, Report report) {
    this.catalog = catalog;
    this.report = report;
  }

  void check(VirtualServiceResource rules) {
    if (rules.mesh() && rules.hasTcpRules()) {
      checkOrder(rules, "tls", rules.tls());
      checkOrder(rules, "tcp", rules.tcp());
      rules.hosts().forEach(host -> checkHost(rules, host));
    }
  }

  private void checkOrder(VirtualServiceResource rules, String kind, List<TcpRule> written) {
    List<TcpRule> before = new ArrayList<>();
    for (TcpRule rule : written) {
      before.stream()
          .filter(earlier -> takesAll(earlier, rule))
          .findFirst()
          .ifPresent(earlier ->
              report.warn(
                  rules.header(),
                  "spec." + kind + "[" + rule.index() + "]",
                  "",
                  "a place before "
                      + kind
                      + "["
                      + earlier.index()
                      + "], which takes every connection that this one matches: it is never reached"));
      if (!rule.never()) {
        before.add(rule);
      }
    }
  }

  private static boolean takesAll(TcpRule earlier, TcpRule rule) {
    return earlier.matches().isEmpty()
        || (!rule.matches().isEmpty()
            && rule.matches().stream()
                .allMatch(
                    match -> earlier.matches().stream().anyMatch(wider -> takesAll(wider, match))));
  }

  /**
   * Whether a match has no other condition than server names, and those hold all of the other's.
   */
  private static boolean takesAll(TcpMatch wider, TcpMatch match) {
    return wider.destinationSubnets().isEmpty()
        && wider.port().isEmpty()
        && wider.sourceLabels().isEmpty()
        && wider.sourceNamespace().isEmpty()
        && match.sniHosts().stream()
            .allMatch(
                name -> wider.sniHosts().stream().anyMatch(host -> HostNames.covers(host, name)));
  }

  private void checkHost(VirtualServiceResource rules, String host) {
    String name = HostNames.resolve(host, rules.header().namespace());
    List<KnownHost> covered = catalog.coveredBy(name);
    if (covered.isEmpty()) {
      if (!HostNames.isWildcard(name) && catalog.covering(name).isEmpty()) {
        report.warn(
            rules.header(),
            "spec.hosts",
            host,
            "a host that a Service or ServiceEntry declares (looked for as "
                + name
                + "); tls rules apply to that server name on the ports that they match, else on port"
                + " 443, tcp rules have no effect");
      }
      return;
    }
    List<KnownHost.Port> ports =
        covered.stream().flatMap(known -> known.ports().values().stream()).toList();
    checkPorts(rules, host, ports);
    checkServerNames(rules, host, covered);
    checkMatches(rules, "tls", rules.tls(), ports);
    checkMatches(rules, "tcp", rules.tcp(), ports);
  }

  private void checkPorts(VirtualServiceResource rules, String host, List<KnownHost.Port> ports) {
    if (ports.stream().noneMatch(KnownHost.Port::mayBeOpaque)) {
      report.warn(
          rules.header(),
          rules.tls().isEmpty() ? "spec.tcp" : "spec.tls",
          host,
          "a host with a TLS or TCP port: all its ports are declared HTTP, so these rules have no"
              + " effect; use http rules, or declare the port as tls or tcp");
    }
  }

  /** A port that is declared TCP is never looked into where the address tells the host. */
  private void checkServerNames(
      VirtualServiceResource rules, String host, List<KnownHost> covered) {
    List<KnownHost.Port> ports =
        covered.stream()
            .filter(KnownHost::isDialledByAddress)
            .flatMap(known -> known.ports().values().stream())
            .filter(KnownHost.Port::mayBeOpaque)
            .toList();
    boolean unread =
        !ports.isEmpty() && ports.stream().allMatch(port -> port.protocol() == AppProtocol.TCP);
    if (unread && !rules.tls().isEmpty()) {
      report.warn(
          rules.header(),
          "spec.tls",
          host,
          "a host with a TLS port: its ports are declared TCP, which is never looked into, so no"
              + " server name is seen; declare the port as tls");
    }
  }

  private void checkMatches(
      VirtualServiceResource rules,
      String kind,
      List<TcpRule> written,
      List<KnownHost.Port> ports) {
    for (TcpRule rule : written) {
      rule.matches().stream()
          .flatMapToInt(match -> match.port().stream())
          .filter(number -> declaredHttp(ports.stream(), number))
          .forEach(number ->
              report.warn(
                  rules.header(),
                  "spec." + kind + "[" + rule.index() + "].match.port",
                  Integer.toString(number),
                  "a TLS or TCP port: this one is declared HTTP, so the rule has no effect on it"));
    }
  }

  private static boolean declaredHttp(Stream<KnownHost.Port> ports, int number) {
    return ports.anyMatch(port -> port.number() == number && !port.mayBeOpaque());
  }
}
