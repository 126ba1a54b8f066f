package io.sluice.proxy;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The ports of a pod's listeners at which a connection would come back to us if it were passed on.
 * Of its own family only: an app may have the same number in the other one.
 *
 * @param outbound4 of all of 127/8 and of the pod's addresses
 * @param outbound6 of [::1]
 */
record OwnPorts(Set<Integer> outbound4, Set<Integer> outbound6) {
  static final OwnPorts NONE = new OwnPorts(Set.of(), Set.of());

  static OwnPorts of(List<PodListener> listeners) {
    return new OwnPorts(
        ports(listeners, PodListener.Role.OUTBOUND_V4),
        ports(listeners, PodListener.Role.OUTBOUND_V6));
  }

  /**
   * Those that matter to what the listener accepts. The inbound ones have their ports on loopback
   * only, where nobody is steered from: an app may have the same number on the pod's address.
   */
  Set<Integer> reachableBy(PodListener.Role role) {
    return switch (role) {
      case OUTBOUND_V4, INBOUND_V4 -> outbound4;
      case OUTBOUND_V6 -> outbound6;
      case INBOUND_V6, PLAIN -> Set.of();
    };
  }

  private static Set<Integer> ports(List<PodListener> listeners, PodListener.Role role) {
    return listeners.stream()
        .filter(each -> each.role() == role)
        .map(PodListener::port)
        .collect(Collectors.toUnmodifiableSet());
  }
}
