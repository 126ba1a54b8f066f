package io.sluice.mesh.service;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The blocks of addresses that stand for a service on one port. A look-up costs one probe for each
 * length of prefix that the address's family has, however many blocks there are.
 *
 * @param byBlock each block once
 * @param prefixes4 the lengths of IPv4 prefixes, longest first
 * @param prefixes6 the lengths of IPv6 prefixes, longest first
 */
public record ServiceBlocks(
    Map<AddressBlock, ServicePort> byBlock, List<Integer> prefixes4, List<Integer> prefixes6) {
  public ServiceBlocks {
    // Not Map.copyOf: it probes linearly, and blocks in sequence have hashes in sequence.
    byBlock = Collections.unmodifiableMap(new HashMap<>(byBlock));
    prefixes4 = List.copyOf(prefixes4);
    prefixes6 = List.copyOf(prefixes6);
  }

  public static ServiceBlocks of(Map<AddressBlock, ServicePort> byBlock) {
    return new ServiceBlocks(byBlock, prefixes(byBlock, true), prefixes(byBlock, false));
  }

  private static List<Integer> prefixes(Map<AddressBlock, ServicePort> byBlock, boolean four) {
    return byBlock.keySet().stream()
        .filter(block -> block.network() instanceof Inet4Address == four)
        .map(AddressBlock::prefixLength)
        .distinct()
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /** The service of the narrowest block that holds the address. */
  public Optional<ServicePort> at(InetAddress address) {
    for (int prefix : address instanceof Inet4Address ? prefixes4 : prefixes6) {
      ServicePort port = byBlock.get(new AddressBlock(address, prefix));
      if (port != null) {
        return Optional.of(port);
      }
    }
    return Optional.empty();
  }
}
