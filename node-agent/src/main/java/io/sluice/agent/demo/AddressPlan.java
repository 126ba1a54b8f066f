package io.sluice.agent.demo;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The shop's addresses. The example's files are written for {@code 10.77.0.}; when something on the
 * machine uses that network, another one takes its place.
 *
 * @param prefix the first three octets with a dot at the end
 */
record AddressPlan(String prefix) {
  /** What the example's files say. */
  private static final String WRITTEN = "10.77.0.";

  int prefixBits() {
    return 24;
  }

  /** The machine itself, where the demo's requests come from. */
  String machine() {
    return prefix + "1";
  }

  String webapp() {
    return prefix + "11";
  }

  String staff() {
    return prefix + "12";
  }

  String position() {
    return prefix + "13";
  }

  /** The app that is not in the mesh. */
  String plain() {
    return prefix + "14";
  }

  /** The outside service. */
  String external() {
    return prefix + "50";
  }

  /** ClusterIP: nothing has this address, no packet is ever sent to it. */
  String staffService() {
    return prefix + "212";
  }

  /** ClusterIP of position-tracker. */
  String positionService() {
    return prefix + "213";
  }

  /**
   * The first network of the candidates that overlaps nothing.
   *
   * @param occupied what the machine's addresses and routes name
   */
  static AddressPlan choose(List<Ipv4Network> occupied) {
    return candidates()
        .filter(plan -> occupied.stream().noneMatch(plan.network()::overlaps))
        .findFirst()
        .orElseThrow(() ->
            new DemoFault(
                "no free network for the shop (expected: one of 10.77.0.0/24 .. 10.99.0.0/24,"
                    + " 172.29.77.0/24, 192.168.177.0/24 to be unused; see: ip route)"));
  }

  private static Stream<AddressPlan> candidates() {
    return Stream.concat(
            IntStream.rangeClosed(77, 99).mapToObj(second -> "10." + second + ".0."),
            Stream.of("172.29.77.", "192.168.177."))
        .map(AddressPlan::new);
  }

  private Ipv4Network network() {
    return Ipv4Network.namedIn(prefix + "0/" + prefixBits()).getFirst();
  }

  /** One of the example's files with this plan's addresses. */
  String fillIn(String yaml) {
    return yaml.replace(WRITTEN, prefix);
  }
}
