package io.sluice.mesh.http;

import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.TrafficSplit;
import java.util.Objects;

/** What a route does with the request that it matches. */
public sealed interface HttpAction {
  /** Sends it to a cluster. */
  record Forward(TrafficSplit split) implements HttpAction {
    public Forward {
      Objects.requireNonNull(split, "split");
    }

    public static Forward to(Cluster cluster) {
      return new Forward(TrafficSplit.to(cluster));
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
