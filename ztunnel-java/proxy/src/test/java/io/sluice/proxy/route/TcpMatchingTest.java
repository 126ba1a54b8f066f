package io.sluice.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.tcp.TcpMatch;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether one match's conditions hold for a connection. */
class TcpMatchingTest {
  private static final int PORT = 443;
  private static final InetAddress ADDRESS = address("93.184.216.34");

  @ParameterizedTest(name = "{0} covers {1}: {2}")
  @CsvSource({
    "a.com, a.com, true",
    "a.com, b.a.com, false",
    "*.a.com, b.a.com, true",
    "*.a.com, c.b.a.com, true",
    "*.a.com, a.com, false",
    "*.a.com, .a.com, false",
    "*.a.com, xa.com, false",
    "*.a.com, b.a.com.org, false",
    "*, a.com, true",
    "*.web, web, false"
  })
  void serverNames(String pattern, String sni, boolean held) {
    assertThat(TcpMatching.matches(sni(pattern), view(ADDRESS, sni, "shop", Map.of()), PORT))
        .isEqualTo(held);
    assertThat(TcpMatching.matches(sni(pattern), view(ADDRESS, "", "shop", Map.of()), PORT))
        .isFalse();
  }

  /** Random matches and connections, against conditions written down one by one. */
  @Test
  void agreesWithASlowMatcher() {
    long seed = Long.getLong("sluice.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20_000; round++) {
      TcpMatch match = randomMatch(random);
      ConnectionView view =
          view(
              pick(
                  random,
                  address("240.0.0.1"),
                  address("93.184.216.34"),
                  address("10.0.0.4"),
                  address("2001:db8::1")),
              pick(random, "", "a.com", "b.a.com", "c.com"),
              pick(random, "shop", "other"),
              random.nextBoolean() ? Map.of("app", "caller", "v", "1") : Map.of("v", "2"));
      int port = pick(random, 1, PORT);
      List<Boolean> conditions = new ArrayList<>();
      conditions.add(match.port().isEmpty() || match.port().equals(OptionalInt.of(port)));
      conditions.add(match.sourceNamespace().stream().allMatch(view.clientNamespace()::equals));
      conditions.add(view.clientLabels().entrySet().containsAll(match.sourceLabels().entrySet()));
      conditions.add(
          match.sniHosts().isEmpty()
              || match.sniHosts().stream()
                  .anyMatch(pattern ->
                      view.sni()
                          .filter(
                              sni -> sni.matches(pattern.replace(".", "\\.").replace("*", ".*")))
                          .isPresent()));
      conditions.add(
          match.destinationSubnets().isEmpty()
              || match.destinationSubnets().stream()
                  .anyMatch(block -> block.contains(view.originalDestination().getAddress())));

      assertThat(TcpMatching.matches(match, view, port))
          .as("-Dsluice.seed=%d round %d: %s %s", seed, round, match, view)
          .isEqualTo(!conditions.contains(false));
    }
  }

  private static TcpMatch randomMatch(SplittableRandom random) {
    return new TcpMatch(
        pick(random, List.of(), List.of("a.com"), List.of("*.a.com", "c.com"), List.of("*")),
        pick(
            random,
            List.of(),
            List.of(block("10.0.0.0", 8)),
            List.of(block("240.0.0.0", 4), block("2001:db8::", 32))),
        pick(random, OptionalInt.empty(), OptionalInt.empty(), OptionalInt.of(PORT)),
        pick(random, Map.of(), Map.of("app", "caller"), Map.of("app", "caller", "v", "2")),
        pick(random, Optional.empty(), Optional.of("shop")));
  }

  @SafeVarargs
  private static <T> T pick(SplittableRandom random, T... values) {
    return Arrays.asList(values).get(random.nextInt(values.length));
  }

  private static TcpMatch sni(String name) {
    return new TcpMatch(List.of(name), List.of(), OptionalInt.empty(), Map.of(), Optional.empty());
  }

  private static ConnectionView view(
      InetAddress address, String sni, String namespace, Map<String, String> labels) {
    return new ConnectionView(
        new InetSocketAddress(address, PORT),
        Optional.of(sni).filter(value -> !value.isEmpty()),
        Optional.empty(),
        namespace,
        labels);
  }

  private static AddressBlock block(String network, int prefixLength) {
    return new AddressBlock(address(network), prefixLength);
  }

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}
