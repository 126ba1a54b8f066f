package io.sluice.agent.kernel.program;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All podIPs: SYNs to them are steered. The first of a family is what apps see as their own
 * address.
 *
 * @param ip4 may be empty
 * @param ip6 global or unique local ones; if empty, native IPv6 is not steered
 */
public record PodAddresses(List<Inet4Address> ip4, List<Inet6Address> ip6) {
  public PodAddresses {
    ip4 = List.copyOf(ip4);
    ip6 = List.copyOf(ip6);
  }

  Optional<Inet4Address> first4() {
    return ip4.stream().findFirst();
  }

  Optional<Inet6Address> first6() {
    return ip6.stream().findFirst();
  }

  List<InetAddress> all() {
    return Stream.<InetAddress>concat(ip4.stream(), ip6.stream()).toList();
  }
}
