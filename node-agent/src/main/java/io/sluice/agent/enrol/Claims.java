package io.sluice.agent.enrol;

import io.sluice.agent.netns.NetworkNamespace;
import io.sluice.mesh.workload.MeshPod;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Which pod has which network namespace and which addresses. Neither may be shared: the kernel
 * would steer what comes for an address in one pod to the listener in the other one. Any thread.
 */
final class Claims {

  private final Function<String, OptionalLong> namespaceAt;
  private final Map<Long, Holder> holders = new HashMap<>();

  /** Cookie of who has an address. */
  private final Map<InetAddress, Long> addresses = new HashMap<>();

  private record Holder(String uid, String netnsPath, long namespace) {}

  /**
   * @param namespaceAt the inode of the namespace at a path, now: a pod whose namespace is gone and
   *     was not let go of yet keeps nobody from taking its addresses
   */
  Claims(Function<String, OptionalLong> namespaceAt) {
    this.namespaceAt = namespaceAt;
  }

  /** Claims all or nothing; says what stands against it. */
  synchronized Optional<String> take(
      MeshPod pod, NetworkNamespace namespace, Collection<InetAddress> wanted) {
    Holder owner = holders.get(namespace.cookie());
    if (owner != null) {
      return Optional.of(
          pod.netnsPath()
              + " is taken by pod "
              + owner.uid()
              + " (expected: each pod has its own; one that leaves has it until its connections"
              + " have ended)");
    }
    for (InetAddress address : wanted) {
      Optional<Holder> other = otherHolder(address, namespace.cookie());
      if (other.isPresent()) {
        return Optional.of(
            "its address "
                + address.getHostAddress()
                + " is pod "
                + other.get().uid()
                + "'s, too (expected: each address in one pod only; if it is one of an inner"
                + " bridge, name the pod's own ones in status.podIPs)");
      }
    }
    holders.put(namespace.cookie(), new Holder(pod.uid(), pod.netnsPath(), namespace.inode()));
    wanted.forEach(address -> addresses.put(address, namespace.cookie()));
    return Optional.empty();
  }

  /**
   * Claims these addresses in place of those that the pod had.
   *
   * @return those that no other pod has
   */
  synchronized List<InetAddress> change(long cookie, Collection<InetAddress> wanted) {
    List<InetAddress> granted =
        wanted.stream().filter(address -> otherHolder(address, cookie).isEmpty()).toList();
    addresses.values().removeIf(holder -> holder == cookie);
    granted.forEach(address -> addresses.put(address, cookie));
    return granted;
  }

  synchronized void release(long cookie) {
    holders.remove(cookie);
    addresses.values().removeIf(holder -> holder == cookie);
  }

  private Optional<Holder> otherHolder(InetAddress address, long cookie) {
    Long holder = addresses.get(address);
    return holder == null || holder == cookie
        ? Optional.empty()
        : Optional.ofNullable(holders.get(holder)).filter(this::isThere);
  }

  private boolean isThere(Holder holder) {
    return namespaceAt.apply(holder.netnsPath()).equals(OptionalLong.of(holder.namespace()));
  }
}
