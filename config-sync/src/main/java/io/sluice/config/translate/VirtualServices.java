package io.sluice.config.translate;

import io.sluice.config.resource.Header;
import io.sluice.config.resource.VirtualServiceResource;
import io.sluice.config.resource.VirtualServiceResource.Destination;
import io.sluice.config.resource.VirtualServiceResource.Rule;
import io.sluice.config.resource.VirtualServiceResource.TcpRule;
import io.sluice.mesh.http.FaultAbort;
import io.sluice.mesh.http.HttpMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads a VirtualService. */
final class VirtualServices {
  private static final String MESH = "mesh";

  private VirtualServices() {}

  static VirtualServiceResource read(Header header, Fields spec) {
    List<String> hosts = hosts(spec);
    List<String> gateways = spec.texts("gateways");
    List<String> exportTo = Namespaces.exportTo(spec);
    boolean mesh = gateways.isEmpty() || gateways.contains(MESH);
    if (!mesh) {
      // Bound to other gateways only: its rules are not for calls between workloads, so nothing is
      // missing.
      return new VirtualServiceResource(
          header, hosts, exportTo, false, List.of(), List.of(), List.of());
    }
    if (!spec.has("http") && !spec.has("tcp") && !spec.has("tls")) {
      spec.error("http", "at least one rule, in http, tls or tcp");
    }
    List<Rule> rules = new ArrayList<>();
    for (Fields http : spec.objects("http")) {
      rules.add(rule(rules.size(), http));
    }
    List<TcpRule> tls = TcpRules.tls(spec, hosts);
    List<TcpRule> tcp = TcpRules.tcp(spec);
    spec.done();
    return new VirtualServiceResource(header, hosts, exportTo, true, rules, tls, tcp);
  }

  private static List<String> hosts(Fields spec) {
    List<String> hosts = spec.texts("hosts", Hosts::parse, Hosts.EXPECTED);
    if (spec.count("hosts") == 0) {
      spec.error(
          "hosts",
          "at least one host (a VirtualService without hosts is a delegate; they are not supported yet)");
    }
    return hosts;
  }

  private static Rule rule(int index, Fields http) {
    List<Fields> matches = http.objects("match");
    List<HttpMatch> possible =
        matches.stream().map(HttpMatches::read).flatMap(Optional::stream).toList();
    Optional<String> otherwise = otherwise(http);
    List<Destination> destinations = Destinations.read(http);
    if (destinations.isEmpty() && otherwise.isEmpty() && !http.has("route")) {
      http.error("route", "at least one destination");
    }
    Optional<Duration> timeout = Durations.read(http, "timeout");
    Optional<FaultAbort> abort = abort(http.object("fault"));
    if (timeout.isPresent() && abort.filter(fault -> fault.percent() > 0).isPresent()) {
      http.warn(
          "timeout", "no timeout beside a fault: as in Istio, a rule that injects faults has none");
    }
    http.notSupported(
        "retries",
        "rewrite",
        "mirror",
        "mirrors",
        "mirrorPercent",
        "mirror_percent",
        "mirrorPercentage",
        "corsPolicy",
        "headers");
    Optional<String> name = http.text("name").filter(text -> !text.isEmpty());
    http.done();
    return new Rule(
        index,
        name,
        possible,
        possible.isEmpty() && !matches.isEmpty(),
        otherwise.isPresent() ? List.of() : destinations,
        otherwise,
        timeout,
        abort);
  }

  /** What takes the place of a route. It must not be left out: then the next rule would apply. */
  private static Optional<String> otherwise(Fields http) {
    Optional<String> found = Optional.empty();
    for (String name : List.of("redirect", "directResponse", "delegate")) {
      if (http.has(name)) {
        http.ignore(name);
        http.notSupportedValue(
            name, "a route: " + name + " is not supported yet, requests get 503");
        found = Optional.of(http.at(name) + " is not supported yet");
      }
    }
    return found;
  }

  private static Optional<FaultAbort> abort(Fields fault) {
    fault.notSupported("delay");
    Fields abort = fault.object("abort");
    fault.done();
    OptionalInt status = abort.integer("httpStatus", 200, 599);
    boolean other = abort.notSupported("grpcStatus", "http2Error");
    Fields percentage = abort.object("percentage");
    double percent = percentage.percent("value");
    percentage.done();
    abort.done();
    if (abort.isPresent() && !abort.has("httpStatus") && !other) {
      abort.error("httpStatus", "a status, 200..599");
    }
    if (status.isPresent() && !percentage.has("value")) {
      abort.warn("percentage", "percentage.value: without it no request is aborted");
    }
    return status.isPresent()
        ? Optional.of(new FaultAbort(status.getAsInt(), percent))
        : Optional.empty();
  }
}
