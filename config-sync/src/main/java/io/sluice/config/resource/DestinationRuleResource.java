package io.sluice.config.resource;

import java.util.List;
import java.util.Map;

/**
 * A DestinationRule.
 *
 * @param host as written, lower case
 * @param exportTo as written; empty: everywhere
 */
public record DestinationRuleResource(
    Header header, String host, List<String> exportTo, TrafficPolicy policy, List<Subset> subsets)
    implements MeshResource {
  public DestinationRuleResource {
    exportTo = List.copyOf(exportTo);
    subsets = List.copyOf(subsets);
  }

  /**
   * Endpoints with these labels.
   *
   * @param policy lies over the rule's own, field by field
   */
  public record Subset(String name, Map<String, String> labels, TrafficPolicy policy) {
    public Subset {
      labels = Map.copyOf(labels);
    }
  }
}
