package io.sluice.mesh.service;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One of the clusters takes it, in proportion to their weights.
 *
 * @param clusters at least one; the weights' sum is positive
 */
public record TrafficSplit(List<Weighted> clusters) {
  /**
   * @param cluster target
   * @param weight ≥ 0, in proportion to the sum
   */
  public record Weighted(Cluster cluster, int weight) {
    public Weighted {
      if (weight < 0) {
        throw new IllegalArgumentException("weight: " + weight + " (expected: >= 0)");
      }
    }
  }

  public TrafficSplit {
    clusters = List.copyOf(clusters);
    if (sum(clusters) <= 0) {
      throw new IllegalArgumentException(
          "clusters: " + clusters + " (expected: at least one with a weight > 0)");
    }
  }

  public static TrafficSplit to(Cluster cluster) {
    return new TrafficSplit(List.of(new Weighted(cluster, 100)));
  }

  /** The cluster for the next request or connection. */
  public Cluster pick(RandomGenerator random) {
    if (clusters.size() == 1) {
      return clusters.getFirst().cluster();
    }
    long sum = sum(clusters);
    long at = random.nextLong(sum);
    for (Weighted weighted : clusters) {
      at -= weighted.weight();
      if (at < 0) {
        return weighted.cluster();
      }
    }
    throw new IllegalStateException("weights: " + clusters + " (expected: a sum of " + sum + ")");
  }

  private static long sum(List<Weighted> clusters) {
    long sum = 0;
    for (Weighted weighted : clusters) {
      sum += weighted.weight();
    }
    return sum;
  }
}
