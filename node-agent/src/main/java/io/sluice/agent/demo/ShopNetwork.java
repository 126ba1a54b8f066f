package io.sluice.agent.demo;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The shop's namespaces and the wires between them.
 *
 * <pre>
 *   machine                      sluice-demo-net                    sluice-demo-webapp
 *   sluice-demo0 (veth) ------ uplink -- bridge sluice-demo0 -- webapp ------ eth0
 *                                             |                      (and so on for each)
 * </pre>
 *
 * The bridge is in a namespace of its own, so that no packet filter of the machine (Docker's, say)
 * sees what passes it. No namespace has a default route: nothing leaves the shop.
 */
final class ShopNetwork {
  static final String PREFIX = "sluice-demo-";
  static final String WEBAPP = PREFIX + "webapp";
  static final String STAFF = PREFIX + "staff";
  static final String POSITION = PREFIX + "position";
  static final String PLAIN = PREFIX + "plain";
  static final String EXTERNAL = PREFIX + "external";

  private static final String SWITCH = PREFIX + "net";

  /** Name of the bridge, and of the machine's own wire to it. */
  private static final String BRIDGE = "sluice-demo0";

  private ShopNetwork() {}

  static void create(AddressPlan plan) {
    createSwitch(plan);
    Map.of(
            WEBAPP, plan.webapp(),
            STAFF, plan.staff(),
            POSITION, plan.position(),
            PLAIN, plan.plain(),
            EXTERNAL, plan.external())
        .forEach((namespace, address) -> createPod(namespace, address + "/" + plan.prefixBits()));
  }

  private static void createSwitch(AddressPlan plan) {
    Commands.require("ip netns add " + SWITCH);
    Commands.require("ip -n " + SWITCH + " link add " + BRIDGE + " type bridge");
    Commands.require("ip -n " + SWITCH + " link set " + BRIDGE + " up");
    Commands.require("ip link add " + BRIDGE + " type veth peer name uplink netns " + SWITCH);
    plugIn("uplink");
    Commands.require("ip addr add " + plan.machine() + "/" + plan.prefixBits() + " dev " + BRIDGE);
    Commands.require("ip link set " + BRIDGE + " up");
  }

  private static void createPod(String namespace, String address) {
    String wire = namespace.substring(PREFIX.length());
    Commands.require("ip netns add " + namespace);
    Commands.require("ip -n " + namespace + " link set lo up");
    Commands.require(
        "ip -n " + namespace + " link add eth0 type veth peer name " + wire + " netns " + SWITCH);
    plugIn(wire);
    Commands.require("ip -n " + namespace + " addr add " + address + " dev eth0");
    Commands.require("ip -n " + namespace + " link set eth0 up");
  }

  private static void plugIn(String wire) {
    Commands.require("ip -n " + SWITCH + " link set " + wire + " master " + BRIDGE + " up");
  }

  /** Removes what is there of it; what can't be removed is left for the next start to try. */
  static void remove() {
    // First the machine's own wire: a namespace that a process still holds would keep it.
    Commands.run(List.of("ip", "link", "del", BRIDGE));
    leftNamespaces().forEach(namespace -> Commands.run(List.of("ip", "netns", "del", namespace)));
  }

  /** Namespaces of the demo that exist. */
  static List<String> leftNamespaces() {
    return Commands.run(List.of("ip", "netns", "list"))
        .output()
        .lines()
        .map(line -> line.split(" ", 2)[0])
        .filter(name ->
            Stream.of(SWITCH, WEBAPP, STAFF, POSITION, PLAIN, EXTERNAL).anyMatch(name::equals))
        .toList();
  }
}
