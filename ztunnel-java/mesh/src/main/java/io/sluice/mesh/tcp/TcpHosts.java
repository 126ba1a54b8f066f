package io.sluice.mesh.tcp;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * All hosts of one port. What is not found by a name is gathered here once, so that a port without
 * such hosts costs nothing.
 *
 * @param byName host as a client may write it -> rules, in the order of precedence; a service
 *     stands under several names
 * @param named those that are found by the addresses that DNS gives
 * @param withSubnets those that are found by a route's subnets
 */
public record TcpHosts(
    Map<String, TcpRules> byName, List<TcpRules> named, List<TcpRules> withSubnets) {
  public TcpHosts {
    Map<String, TcpRules> copy = LinkedHashMap.newLinkedHashMap(byName.size());
    byName.forEach((name, rules) -> copy.put(name, Objects.requireNonNull(rules, name)));
    byName = Collections.unmodifiableMap(copy);
    named = List.copyOf(named);
    withSubnets = List.copyOf(withSubnets);
  }

  /**
   * Of hosts under their names, in the order of precedence. Those that are gathered have no
   * addresses and so but one name.
   */
  public static TcpHosts of(Map<String, TcpRules> byName) {
    return new TcpHosts(
        byName,
        byName.values().stream().filter(TcpRules::named).toList(),
        byName.values().stream().filter(TcpRules::hasSubnets).toList());
  }
}
