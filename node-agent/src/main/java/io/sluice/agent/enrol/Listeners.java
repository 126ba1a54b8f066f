package io.sluice.agent.enrol;

import io.sluice.agent.kernel.program.PodListeners;
import io.sluice.agent.view.PodStatus;
import io.sluice.proxy.PodListener;
import java.util.List;

/** The proxy's listeners of a pod, as the datapath and as people want them. Pure. */
final class Listeners {

  private Listeners() {}

  static PodListeners steeredTo(List<PodListener> all) {
    return new PodListeners(
        first(all, PodListener.Role.OUTBOUND_V4).port(),
        of(all, PodListener.Role.OUTBOUND_V6).stream().map(PodListener::port).toList(),
        first(all, PodListener.Role.INBOUND_V4).fd(),
        of(all, PodListener.Role.INBOUND_V6).stream().mapToInt(PodListener::fd).findFirst());
  }

  static List<PodStatus.Listener> shown(List<PodListener> all) {
    return all.stream()
        .map(each -> new PodStatus.Listener(each.role().name(), each.port()))
        .toList();
  }

  private static List<PodListener> of(List<PodListener> all, PodListener.Role role) {
    return all.stream().filter(each -> each.role() == role).toList();
  }

  private static PodListener first(List<PodListener> all, PodListener.Role role) {
    return of(all, role).stream()
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("listeners: " + all + " (expected: one " + role + ")"));
  }
}
