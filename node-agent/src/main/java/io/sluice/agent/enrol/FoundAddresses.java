package io.sluice.agent.enrol;

import io.sluice.agent.kernel.program.PodAddresses;
import io.sluice.agent.netns.NamespaceAddresses;
import io.sluice.agent.netns.NetworkNamespace;
import io.sluice.mesh.workload.MeshPod;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * A pod's addresses: those of its status, or where it names none, those of its network namespace.
 */
record FoundAddresses(PodAddresses steered) {

  static FoundAddresses of(MeshPod pod, NetworkNamespace namespace) {
    if (pod.addresses().isEmpty()) {
      NamespaceAddresses found = namespace.addresses();
      return new FoundAddresses(new PodAddresses(found.ip4(), found.ip6()));
    }
    return new FoundAddresses(
        new PodAddresses(
            only(pod.addresses(), Inet4Address.class), only(pod.addresses(), Inet6Address.class)));
  }

  boolean isEmpty() {
    return all().isEmpty();
  }

  boolean hasIp6() {
    return !steered.ip6().isEmpty();
  }

  /** Those of them that are among these, in the order that they have here. */
  FoundAddresses only(List<InetAddress> granted) {
    return new FoundAddresses(
        new PodAddresses(
            steered.ip4().stream().filter(granted::contains).toList(),
            steered.ip6().stream().filter(granted::contains).toList()));
  }

  List<InetAddress> all() {
    return Stream.<InetAddress>concat(steered.ip4().stream(), steered.ip6().stream()).toList();
  }

  private static <T extends InetAddress> List<T> only(
      List<InetAddress> addresses, Class<T> family) {
    return addresses.stream().filter(family::isInstance).map(family::cast).toList();
  }
}
