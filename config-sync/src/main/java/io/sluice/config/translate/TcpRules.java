package io.sluice.config.translate;

import io.sluice.config.resource.VirtualServiceResource.Destination;
import io.sluice.config.resource.VirtualServiceResource.TcpRule;
import io.sluice.mesh.tcp.TcpMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads {@code tls} and {@code tcp} of a VirtualService. */
final class TcpRules {
  private TcpRules() {}

  /**
   * @param hosts of the VirtualService: they limit the server names
   */
  static List<TcpRule> tls(Fields spec, List<String> hosts) {
    List<TcpRule> rules = new ArrayList<>();
    for (Fields tls : spec.objects("tls")) {
      if (tls.count("match") == 0) {
        tls.error("match", "at least one match with sniHosts: a tls rule needs server names");
      }
      rules.add(rule(rules.size(), tls, match -> TcpMatches.tls(match, hosts)));
    }
    return rules;
  }

  static List<TcpRule> tcp(Fields spec) {
    List<TcpRule> rules = new ArrayList<>();
    for (Fields tcp : spec.objects("tcp")) {
      rules.add(rule(rules.size(), tcp, TcpMatches::tcp));
    }
    return rules;
  }

  private static TcpRule rule(
      int index, Fields fields, Function<Fields, Optional<TcpMatch>> reader) {
    List<Fields> matches = fields.objects("match");
    List<TcpMatch> possible = matches.stream().map(reader).flatMap(Optional::stream).toList();
    List<Destination> destinations = Destinations.read(fields);
    if (!fields.has("route")) {
      fields.error("route", "at least one destination");
    }
    fields.done();
    return new TcpRule(index, possible, possible.isEmpty() && !matches.isEmpty(), destinations);
  }
}
