package io.sluice.agent.enrol;

import io.sluice.proxy.doors.LocalPod;
import io.sluice.proxy.doors.LocalPods;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pods of this machine that are steered, by their addresses. Written while pods are enrolled,
 * changed and let go of; read on event loops. As long as these pods have addresses.
 */
public final class PodsByAddress implements LocalPods {

  private final Map<InetAddress, Optional<LocalPod>> pods = new ConcurrentHashMap<>();

  @Override
  public Optional<LocalPod> at(InetAddress address) {
    return pods.getOrDefault(address, Optional.empty());
  }

  /** It is steered at these addresses now, and at no other one. */
  void put(LocalPod pod, List<InetAddress> addresses) {
    Optional<LocalPod> present = Optional.of(pod);
    pods.entrySet()
        .removeIf(each -> each.getValue().equals(present) && !addresses.contains(each.getKey()));
    addresses.forEach(address -> pods.put(address, present));
  }

  /** It is not steered any more. An address that another pod has got since stays that one's. */
  void remove(LocalPod pod) {
    put(pod, List.of());
  }
}
