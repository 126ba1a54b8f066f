package io.sluice.proxy.upstream;

import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Endpoint;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Chooses endpoints by what this event loop knows: how many connections it has lent out to each.
 *
 * <p>Least request is the power of two choices: of two endpoints drawn at random, the one with
 * fewer in flight. Every loop sees its own share of the traffic, which is enough for that.
 */
final class Balancer {
  /** Round-robin positions remembered; a cluster that falls out starts at a random place again. */
  private static final int CURSORS_MAX = 4096;

  private final RandomGenerator random;
  private final Map<InetSocketAddress, Integer> inFlight = new HashMap<>();
  private final Map<ClusterId, Integer> cursors = new Lru<>(CURSORS_MAX, dropped -> {});

  Balancer(RandomGenerator random) {
    this.random = random;
  }

  /**
   * @param tried endpoints that have failed for this wish already
   * @return empty when none is left
   */
  Optional<Endpoint> choose(Cluster cluster, List<Endpoint> endpoints, List<Endpoint> tried) {
    List<Endpoint> candidates = tried.isEmpty() ? endpoints : without(endpoints, tried);
    return switch (candidates.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(candidates.get(0));
      default ->
          Optional.of(
              switch (cluster.loadBalancer()) {
                case LEAST_REQUEST -> leastOfTwo(candidates);
                case ROUND_ROBIN -> nextInTurn(cluster.id(), candidates);
                case RANDOM -> candidates.get(random.nextInt(candidates.size()));
              });
    };
  }

  /** One more request or connection goes to the endpoint. */
  void started(InetSocketAddress endpoint) {
    inFlight.merge(endpoint, 1, Integer::sum);
  }

  /** Ends what {@link #started} began. */
  void ended(InetSocketAddress endpoint) {
    inFlight.computeIfPresent(endpoint, (key, count) -> count == 1 ? null : count - 1);
  }

  int inFlight(InetSocketAddress endpoint) {
    return inFlight.getOrDefault(endpoint, 0);
  }

  private Endpoint leastOfTwo(List<Endpoint> candidates) {
    int first = random.nextInt(candidates.size());
    int second = random.nextInt(candidates.size() - 1);
    Endpoint one = candidates.get(first);
    Endpoint other = candidates.get(second < first ? second : second + 1);
    return inFlight(other.address()) < inFlight(one.address()) ? other : one;
  }

  private Endpoint nextInTurn(ClusterId cluster, List<Endpoint> candidates) {
    Integer before = cursors.get(cluster);
    int at = before == null ? random.nextInt(candidates.size()) : (before + 1) % candidates.size();
    cursors.put(cluster, at);
    return candidates.get(at);
  }

  private static List<Endpoint> without(List<Endpoint> endpoints, List<Endpoint> tried) {
    List<Endpoint> rest = new ArrayList<>(endpoints);
    rest.removeIf(each -> tried.stream().anyMatch(t -> t.address().equals(each.address())));
    return rest;
  }
}
