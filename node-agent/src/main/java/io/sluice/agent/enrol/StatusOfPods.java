package io.sluice.agent.enrol;

import io.sluice.agent.view.PodStatus;
import io.sluice.mesh.workload.MeshPod;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is wanted and what is, as people see it. Pure. */
final class StatusOfPods {

  private StatusOfPods() {}

  static List<PodStatus> of(Map<String, MeshPod> wanted, Map<String, PodState> states) {
    List<PodStatus> all = new ArrayList<>();
    wanted.forEach((uid, pod) ->
        all.add(status(pod, states.getOrDefault(uid, new PodState.Waiting("not tried yet")))));
    states.forEach((uid, state) -> {
      if (!wanted.containsKey(uid)) {
        leaving(state, all);
      }
    });
    return all;
  }

  /** A pod that the node has no room for. */
  static PodStatus withoutRoom(MeshPod pod) {
    return without(
        pod,
        PodStatus.State.FAILED,
        Inbox.PODS_MAX + " pods are the limit of a node: it goes direct until another one leaves");
  }

  private static void leaving(PodState state, List<PodStatus> all) {
    switch (state) {
      case PodState.Enrolled enrolled -> all.add(status(enrolled.as(), state));
      case PodState.Draining draining -> all.add(status(draining.as(), state));
      case PodState.Waiting waiting -> {}
      case PodState.Failed failed -> {}
    }
  }

  private static PodStatus status(MeshPod pod, PodState state) {
    return switch (state) {
      case PodState.Waiting waiting -> without(pod, PodStatus.State.PENDING, waiting.reason());
      case PodState.Failed failed ->
          without(
              pod,
              PodStatus.State.FAILED,
              failed.reason() + " (tried " + failed.failures() + " times)");
      case PodState.Enrolled enrolled ->
          with(pod, PodStatus.State.ENROLLED, enrolled.pod(), enrolled.older());
      case PodState.Draining draining ->
          with(pod, PodStatus.State.DRAINING, draining.pod(), PodStatus.Older.NONE);
    };
  }

  private static PodStatus without(MeshPod pod, PodStatus.State state, String reason) {
    return status(pod, state, reason, pod.addresses(), List.of(), 0, PodStatus.Older.NONE);
  }

  private static PodStatus with(
      MeshPod pod, PodStatus.State state, EnrolledPod enrolled, PodStatus.Older older) {
    return status(
        pod, state, "", enrolled.addresses(), enrolled.listeners(), enrolled.connections(), older);
  }

  private static PodStatus status(
      MeshPod pod,
      PodStatus.State state,
      String detail,
      List<InetAddress> addresses,
      List<PodStatus.Listener> listeners,
      int connections,
      PodStatus.Older older) {
    return new PodStatus(
        pod.uid(),
        pod.workload().namespace(),
        pod.workload().podName(),
        pod.netnsPath(),
        state,
        detail,
        addresses.stream().map(InetAddress::getHostAddress).toList(),
        listeners,
        connections,
        older);
  }
}
