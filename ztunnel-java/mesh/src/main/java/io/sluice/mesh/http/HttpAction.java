package io.sluice.mesh.http;

import io.sluice.mesh.service.Cluster;
import java.util.List;

/** What a route does with the request that it matches. */
public sealed interface HttpAction {
  /**
   * Sends it to one of the clusters, in proportion to their weights.
   *
   * @param clusters at least one; the weights' sum is positive
   */
  record Forward(List<Weighted> clusters) implements HttpAction {
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

    public Forward {
      clusters = List.copyOf(clusters);
      if (clusters.stream().mapToLong(Weighted::weight).sum() <= 0) {
        throw new IllegalArgumentException(
            "clusters: " + clusters + " (expected: at least one with a weight > 0)");
      }
    }

    public static Forward to(Cluster cluster) {
      return new Forward(List.of(new Weighted(cluster, 100)));
    }
  }

  /**
   * Answers by itself: a route whose target can't be used (no such service or subset), so that the
   * mistake is seen and the other routes stay in force.
   *
   * @param status HTTP status, 200..599
   * @param body text shown to the client, may be empty
   */
  record Respond(int status, String body) implements HttpAction {
    public Respond {
      if (status < 200 || status > 599) {
        throw new IllegalArgumentException("status: " + status + " (expected: 200..599)");
      }
    }
  }
}
