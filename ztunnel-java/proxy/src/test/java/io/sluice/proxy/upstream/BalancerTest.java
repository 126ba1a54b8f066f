package io.sluice.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.proxy.testkit.Clusters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BalancerTest {
  private static final InetSocketAddress A = address(1);
  private static final InetSocketAddress B = address(2);
  private static final InetSocketAddress C = address(3);
  private static final List<Endpoint> ABC = Clusters.endpoints(A, B, C);

  private final Balancer balancer = new Balancer(new SplittableRandom(7));

  @Test
  void leastRequestNeverTakesTheBusiestOfTwo() {
    List<Endpoint> two = Clusters.endpoints(A, B);
    balancer.started(A);
    for (int i = 0; i < 100; i++) {
      assertThat(choose(LoadBalancer.LEAST_REQUEST, two)).isEqualTo(B);
    }
    balancer.ended(A);
    balancer.started(B);
    assertThat(choose(LoadBalancer.LEAST_REQUEST, two)).isEqualTo(A);
  }

  @Test
  void leastRequestSpreadsWhatStaysInFlight() {
    Map<InetSocketAddress, Integer> lent = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      InetSocketAddress chosen = choose(LoadBalancer.LEAST_REQUEST, ABC);
      balancer.started(chosen);
      lent.merge(chosen, 1, Integer::sum);
    }
    assertThat(lent.values()).allMatch(count -> count >= 95 && count <= 105);
  }

  @Test
  void roundRobinTakesEachInTurn() {
    InetSocketAddress first = choose(LoadBalancer.ROUND_ROBIN, ABC);
    InetSocketAddress second = choose(LoadBalancer.ROUND_ROBIN, ABC);
    InetSocketAddress third = choose(LoadBalancer.ROUND_ROBIN, ABC);
    assertThat(List.of(first, second, third)).containsExactlyInAnyOrder(A, B, C);
    assertThat(choose(LoadBalancer.ROUND_ROBIN, ABC)).isEqualTo(first);
  }

  @Test
  void randomTakesAll() {
    Map<InetSocketAddress, Integer> chosen = new HashMap<>();
    for (int i = 0; i < 3000; i++) {
      chosen.merge(choose(LoadBalancer.RANDOM, ABC), 1, Integer::sum);
    }
    assertThat(chosen.values()).hasSize(3).allMatch(count -> count > 800);
  }

  @Test
  void whatFailedIsLeftOut() {
    Cluster cluster = Clusters.listed();
    for (LoadBalancer each : LoadBalancer.values()) {
      Cluster with = Clusters.with(cluster, each);
      assertThat(balancer.choose(with, ABC, Clusters.endpoints(A, C)))
          .map(Endpoint::address)
          .contains(B);
      assertThat(balancer.choose(with, ABC, ABC)).isEmpty();
      assertThat(balancer.choose(with, List.of(), List.of())).isEmpty();
    }
  }

  @Test
  void whatIsNotInFlightIsForgotten() {
    balancer.started(A);
    balancer.started(A);
    balancer.ended(A);
    assertThat(balancer.inFlight(A)).isOne();
    balancer.ended(A);
    balancer.ended(A);
    assertThat(balancer.inFlight(A)).isZero();
  }

  private InetSocketAddress choose(LoadBalancer how, List<Endpoint> from) {
    return balancer
        .choose(Clusters.with(Clusters.listed(), how), from, List.of())
        .orElseThrow()
        .address();
  }

  private static InetSocketAddress address(int last) {
    return new InetSocketAddress(InetAddress.ofLiteral("10.0.0." + last), 80);
  }
}
