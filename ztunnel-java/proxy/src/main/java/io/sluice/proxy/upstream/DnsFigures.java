package io.sluice.proxy.upstream;

import java.util.Map;
import java.util.Objects;

/**
 * What was counted of DNS since the start, over all pods.
 *
 * @param queries names asked for, by how that ended; each has all results
 * @param staleAnswers how often a name was answered with what was known before DNS failed
 * @param names names that are remembered now, each pod's for itself
 */
public record DnsFigures(Map<DnsResult, Long> queries, long staleAnswers, long names) {
  public DnsFigures {
    Objects.requireNonNull(queries, "queries");
    queries = Map.copyOf(queries);
  }
}
