package io.sluice.agent.enrol;

import io.sluice.mesh.workload.MeshPod;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What is to be done next about one pod. Chosen by {@link #next}, a pure function of what is wanted
 * and what is.
 */
sealed interface Step {
  /** All is as it should be, or it is not time yet. */
  record Rest() implements Step {}

  /** Nobody wants the pod and nothing is left of it. */
  record Forget() implements Step {}

  /** Its namespace is not there: say so and look again. */
  record Await(MeshPod pod) implements Step {}

  record Enrol(MeshPod pod) implements Step {}

  record Update(MeshPod pod) implements Step {}

  /** Let its connections end. */
  record Drain() implements Step {}

  /**
   * End its connections at once, because the namespace is gone or because the pod is enrolled anew.
   */
  record Cut(String why) implements Step {}

  /**
   * Chooses.
   *
   * @param wanted the pod as it should take part; empty when it should not
   * @param state as it is
   * @param namespaceAt the inode of the namespace at a path, now
   */
  static Step next(
      Optional<MeshPod> wanted,
      PodState state,
      Function<String, OptionalLong> namespaceAt,
      long nowNanos) {
    return switch (state) {
      case PodState.Waiting waiting ->
          wanted.isEmpty() ? new Forget() : enrolIfThere(wanted.get(), namespaceAt);
      case PodState.Failed failed -> {
        if (wanted.isEmpty()) {
          yield new Forget();
        }
        yield nowNanos - failed.retryAtNanos() < 0
            ? new Rest()
            : enrolIfThere(wanted.get(), namespaceAt);
      }
      case PodState.Enrolled enrolled -> ofEnrolled(wanted, enrolled, namespaceAt);
      case PodState.Draining draining -> {
        if (isGone(draining.as(), draining.pod(), namespaceAt)) {
          yield new Cut("its network namespace is gone");
        }
        yield wanted.isPresent() ? new Cut("it takes part again") : new Rest();
      }
    };
  }

  private static Step enrolIfThere(MeshPod pod, Function<String, OptionalLong> namespaceAt) {
    return namespaceAt.apply(pod.netnsPath()).isPresent() ? new Enrol(pod) : new Await(pod);
  }

  private static Step ofEnrolled(
      Optional<MeshPod> wanted,
      PodState.Enrolled enrolled,
      Function<String, OptionalLong> namespaceAt) {
    if (isGone(enrolled.as(), enrolled.pod(), namespaceAt)) {
      return new Cut("its network namespace is gone");
    }
    if (wanted.isEmpty()) {
      return new Drain();
    }
    if (wanted.get().equals(enrolled.as())) {
      return new Rest();
    }
    boolean sameNamespace = isAt(wanted.get().netnsPath(), enrolled.pod(), namespaceAt);
    return sameNamespace ? new Update(wanted.get()) : new Drain();
  }

  private static boolean isGone(
      MeshPod as, EnrolledPod pod, Function<String, OptionalLong> namespaceAt) {
    return !isAt(as.netnsPath(), pod, namespaceAt);
  }

  private static boolean isAt(
      String path, EnrolledPod pod, Function<String, OptionalLong> namespaceAt) {
    OptionalLong inode = namespaceAt.apply(path);
    return inode.isPresent() && inode.getAsLong() == pod.namespace();
  }
}
