package io.sluice.config.translate;

import io.sluice.config.resource.DestinationRuleResource;
import io.sluice.config.resource.DestinationRuleResource.Subset;
import io.sluice.config.resource.Header;
import io.sluice.config.resource.TrafficPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads a DestinationRule. */
final class DestinationRules {
  private DestinationRules() {}

  static DestinationRuleResource read(Header header, Fields spec) {
    Optional<String> text = spec.required("host", "the host of a Service or ServiceEntry");
    Optional<String> host = text.flatMap(Hosts::parse);
    if (text.isPresent() && host.isEmpty()) {
      spec.error("host", Hosts.EXPECTED);
    }
    List<String> exportTo = Namespaces.exportToAll(spec);
    TrafficPolicy policy = TrafficPolicies.read(spec.object("trafficPolicy"));
    List<Subset> subsets = subsets(spec);
    spec.notSupported("workloadSelector");
    spec.done();
    return new DestinationRuleResource(header, host.orElse(""), exportTo, policy, subsets);
  }

  private static List<Subset> subsets(Fields spec) {
    List<Subset> subsets = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Fields fields : spec.objects("subsets")) {
      String name = fields.required("name", "a name, to which routes refer").orElse("");
      if (!name.isEmpty() && !names.add(name)) {
        fields.error("name", "a name that no other subset of the rule has");
      }
      subsets.add(
          new Subset(
              name,
              fields.textMap("labels"),
              TrafficPolicies.read(fields.object("trafficPolicy"))));
      fields.done();
    }
    return subsets;
  }
}
