package io.sluice.agent.enrol;

import static io.sluice.agent.enrol.FakeEnroller.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.view.PodStatus;
import io.sluice.mesh.workload.MeshPod;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What reconcile does to a machine, in which order. */
class ReconcilerTest {

  private static final EnrolSettings SETTINGS = EnrolSettings.defaults(Duration.ofSeconds(5));

  private final FakeEnroller machine = new FakeEnroller();
  private final Map<String, EnrolledPod> draining = new HashMap<>();
  private final Map<String, Integer> told = new HashMap<>();
  private long now = 1_000;
  private final Reconciler reconciler =
      new Reconciler(
          machine,
          SETTINGS,
          () -> now,
          (uid, addresses) -> told.put(uid, addresses.size()),
          draining::put,
          () -> {},
          tasks -> tasks.forEach(Runnable::run));

  @Test
  void aPodIsEnrolledOnceAndItsAddressesAreTold() {
    machine.namespace("a", 1);

    want(pod("a"));
    want(pod("a"));

    assertThat(machine.log).containsExactly("enrol a");
    assertThat(told).containsExactly(Map.entry("uid-a", 1));
    assertThat(state("a")).isInstanceOf(PodState.Enrolled.class);
  }

  @Test
  void aPodWithoutNamespaceWaitsForIt() {
    want(pod("a"));
    assertThat(state("a")).isInstanceOf(PodState.Waiting.class);
    assertThat(machine.log).isEmpty();

    machine.namespace("a", 1);
    want(pod("a"));

    assertThat(state("a")).isInstanceOf(PodState.Enrolled.class);
  }

  @Test
  void onePodsFailureIsKeptWithItsReasonWhileOthersGoOn() {
    machine.namespace("a", 1);
    machine.namespace("b", 2);
    machine.namespace("c", 3);
    machine.refused.add("a");
    machine.broken.add("b");

    want(pod("a"), pod("b"), pod("c"));

    assertThat(state("a"))
        .isInstanceOfSatisfying(
            PodState.Failed.class, it -> assertThat(it.reason()).isEqualTo("no room"));
    assertThat(state("b"))
        .isInstanceOfSatisfying(
            PodState.Failed.class, it -> assertThat(it.reason()).isEqualTo("map update failed"));
    assertThat(state("c")).isInstanceOf(PodState.Enrolled.class);
  }

  @Test
  void aFailedPodIsTriedAgainAfterAWaitThatDoublesUpToALimit() {
    machine.namespace("a", 1);
    machine.refused.add("a");
    want(pod("a"));

    want(pod("a"));
    assertThat(machine.log).as("not before its time").hasSize(1);

    for (int i = 1; i <= 10; i++) {
      now = ((PodState.Failed) state("a")).retryAtNanos();
      want(pod("a"));
    }
    PodState.Failed failed = (PodState.Failed) state("a");
    assertThat(machine.log).hasSize(11);
    assertThat(failed.failures()).isEqualTo(11);
    assertThat(failed.retryAtNanos() - now).isEqualTo(SETTINGS.retryMax().toNanos());

    machine.refused.clear();
    now = failed.retryAtNanos();
    want(pod("a"));
    assertThat(state("a")).isInstanceOf(PodState.Enrolled.class);
  }

  @Test
  void changedLabelsAreUpdatedInPlace() {
    machine.namespace("a", 1);
    want(pod("a"));

    want(pod("a", Map.of("app", "a", "version", "v2")));

    assertThat(machine.log).hasSize(2).last().asString().startsWith("update a").contains("v2");
  }

  @Test
  void aRemovedPodIsNoLongerSteeredThenDrainedThenClosed() {
    machine.namespace("a", 1);
    want(pod("a"));

    want();
    assertThat(machine.log).containsExactly("enrol a", "stop a");
    assertThat(state("a")).isInstanceOf(PodState.Draining.class);

    reconciler.drained(List.of(new Reconciler.Drained("uid-a", draining.get("uid-a"))));
    assertThat(machine.log).containsExactly("enrol a", "stop a", "close a");
    assertThat(reconciler.states()).isEmpty();
  }

  @Test
  void aPodWhoseNamespaceIsGoneIsClosedAtOnce() {
    machine.namespace("a", 1);
    want(pod("a"));
    machine.namespaces.clear();

    want(pod("a"));

    assertThat(machine.log).containsExactly("enrol a", "close a");
    assertThat(draining).isEmpty();
    assertThat(state("a")).isInstanceOf(PodState.Waiting.class);
  }

  @Test
  void anotherNamespaceUnderTheSameNameIsEnrolledAnew() {
    machine.namespace("a", 1);
    want(pod("a"));
    machine.namespace("a", 2);

    want(pod("a"));

    assertThat(machine.log).containsExactly("enrol a", "close a", "enrol a");
    assertThat(((PodState.Enrolled) state("a")).pod().namespace()).isEqualTo(2);
  }

  @Test
  void aNamespaceThatGoesWhileThePodDrainsEndsTheDrain() {
    machine.namespace("a", 1);
    want(pod("a"));
    want();
    machine.namespaces.clear();

    want();

    assertThat(machine.log).endsWith("close a");
    assertThat(reconciler.states()).isEmpty();
  }

  @Test
  void aPodThatComesBackWhileItDrainsIsEnrolledAnew() {
    machine.namespace("a", 1);
    want(pod("a"));
    want();

    want(pod("a"));

    assertThat(machine.log).containsExactly("enrol a", "stop a", "close a", "enrol a");
    reconciler.drained(
        List.of(
            new Reconciler.Drained(
                "uid-a", draining.get("uid-a")))); // the old drain ends late and hits nothing
    assertThat(state("a")).isInstanceOf(PodState.Enrolled.class);
  }

  @Test
  void whatGoesIsLetGoBeforeWhatComesIsEnrolled() {
    machine.namespace("b", 1);
    want(pod("b"));
    machine.namespace("a", 2);

    want(pod("a"));

    assertThat(machine.log).containsExactly("enrol b", "stop b", "enrol a");
  }

  @Test
  void atTheEndAllPodsStopSteeringBeforeTheFirstIsDrained() {
    machine.namespace("a", 1);
    machine.namespace("b", 2);
    want(pod("a"), pod("b"));
    machine.log.clear();

    reconciler.drainAll();
    assertThat(machine.log.subList(0, 2)).containsExactlyInAnyOrder("stop a", "stop b");
    assertThat(draining).containsOnlyKeys("uid-a", "uid-b");

    reconciler.closeAll();
    assertThat(machine.log).contains("close a", "close b");
    assertThat(reconciler.states()).isEmpty();
  }

  @Test
  void statusShowsWantedPodsBeforeTheyWereTried() {
    Map<String, MeshPod> wanted = Map.of("uid-a", pod("a"));

    assertThat(StatusOfPods.of(wanted, Map.of()))
        .singleElement()
        .satisfies(status -> {
          assertThat(status.state()).isEqualTo(PodStatus.State.PENDING);
          assertThat(status.detail()).isEqualTo("not tried yet");
        });
  }

  @Test
  void statusShowsPodsThatAreLeaving() {
    machine.namespace("a", 1);
    want(pod("a"));
    want();

    assertThat(StatusOfPods.of(Map.of(), reconciler.states()))
        .extracting(PodStatus::name, PodStatus::state, PodStatus::connections)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("a", PodStatus.State.DRAINING, 3));
  }

  private void want(MeshPod... pods) {
    Map<String, MeshPod> wanted = new HashMap<>();
    for (MeshPod pod : List.of(pods)) {
      wanted.put(pod.uid(), pod);
    }
    reconciler.reconcile(wanted);
  }

  private PodState state(String name) {
    return reconciler.states().get("uid-" + name);
  }
}
