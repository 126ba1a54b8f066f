package io.sluice.config.compile;

import io.sluice.config.resource.VirtualServiceResource;
import io.sluice.config.resource.VirtualServiceResource.Rule;
import io.sluice.mesh.http.HttpMatch;
import io.sluice.mesh.http.StringMatch;
import java.util.List;

/** Warns of HTTP rules that are valid and still do nothing. */
final class RuleChecks {
  private final Catalog catalog;
  private final Report report;

  RuleChecks(Catalog catalog, Report report) {
    this.catalog = catalog;
    this.report = report;
  }

  void check(VirtualServiceResource rules) {
    if (rules.mesh()) {
      checkOrder(rules);
      rules.hosts().forEach(host -> checkHost(rules, host));
    }
  }

  private void checkOrder(VirtualServiceResource rules) {
    int catchAll = -1;
    for (Rule rule : rules.rules()) {
      if (catchAll >= 0) {
        report.warn(
            rules.header(),
            "spec.http[" + rule.index() + "]",
            rule.name().orElse(""),
            "a place before http["
                + catchAll
                + "], which matches every request: this one is never reached");
      } else if (!rule.never() && matchesAll(rule.matches())) {
        catchAll = rule.index();
      }
    }
  }

  private static boolean matchesAll(List<HttpMatch> matches) {
    return matches.isEmpty() || matches.stream().anyMatch(RuleChecks::matchesAll);
  }

  private static boolean matchesAll(HttpMatch match) {
    boolean anyPath =
        match.uri().isEmpty() || match.uri().get().equals(new StringMatch.Prefix("/"));
    return anyPath
        && match.method().isEmpty()
        && match.authority().isEmpty()
        && match.headers().isEmpty()
        && match.withoutHeaders().isEmpty()
        && match.port().isEmpty()
        && match.sourceLabels().isEmpty()
        && match.sourceNamespace().isEmpty();
  }

  private void checkHost(VirtualServiceResource rules, String host) {
    String name = HostNames.resolve(host, rules.header().namespace());
    List<KnownHost> covered = catalog.coveredBy(name);
    if (covered.isEmpty()) {
      boolean unknown = !HostNames.isWildcard(name) && catalog.covering(name).isEmpty();
      if (unknown && !rules.rules().isEmpty()) {
        report.warn(
            rules.header(),
            "spec.hosts",
            host,
            "a host that a Service or ServiceEntry declares (looked for as "
                + name
                + "); the rules apply to that Host header on port 80 only");
      }
      return;
    }
    checkPorts(rules, host, covered);
  }

  private void checkPorts(VirtualServiceResource rules, String host, List<KnownHost> covered) {
    boolean http =
        covered.stream()
            .flatMap(known -> known.ports().values().stream())
            .anyMatch(KnownHost.Port::mayBeHttp);
    if (!http && !rules.rules().isEmpty()) {
      report.warn(
          rules.header(),
          "spec.http",
          host,
          "a host with an HTTP port: all its ports are declared TLS or TCP, so these rules have no effect; let the app"
              + " call http:// and originate TLS, or declare the port as http");
    }
    covered.stream()
        .flatMap(known -> known.ports().values().stream())
        .filter(KnownHost.Port::isHttp2)
        .filter(port -> !rules.rules().isEmpty())
        .forEach(port ->
            report.notSupported(
                rules.header(),
                "spec.http",
                host + " port " + port.number(),
                "a port that speaks HTTP/1: this one is declared "
                    + port.protocol()
                    + ", and HTTP/2 passes through as TCP so far, no rule applies to it"));
    for (Rule rule : rules.rules()) {
      for (HttpMatch match : rule.matches()) {
        match.port().ifPresent(port -> checkPort(rules, rule, port, covered));
      }
    }
  }

  private void checkPort(
      VirtualServiceResource rules, Rule rule, int number, List<KnownHost> covered) {
    boolean opaque =
        covered.stream()
            .map(known -> known.ports().get(number))
            .anyMatch(port -> port != null && !port.mayBeHttp());
    if (opaque) {
      report.warn(
          rules.header(),
          "spec.http[" + rule.index() + "].match.port",
          Integer.toString(number),
          "an HTTP port: this one is declared TLS or TCP, so the rule has no effect on it");
    }
  }
}
