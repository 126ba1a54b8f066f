package io.sluice.agent.enrol;

import static io.sluice.agent.enrol.FakeEnroller.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.enrol.Enroller.Attempt;
import io.sluice.agent.view.PodStatus;
import io.sluice.mesh.workload.MeshPod;
import io.sluice.mesh.workload.PodEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The thread around the reconcile, with real files in place of namespaces. */
class EnrolmentTest {

  /**
   * So long that nothing in these tests comes from a tick: it must come from a message or from the
   * watch.
   */
  private static final Duration NEVER = Duration.ofHours(1);

  @TempDir Path netns;
  private final FakeEnroller machine = new FakeEnroller();

  @Test
  void messagesAreActedUponAndAtTheEndNothingIsLeft() throws IOException {
    machine.namespace("a", 1);
    Enrolment enrolment = start(machine);
    try (enrolment) {
      enrolment.events().accept(new PodEvent.Add(pod("a")));
      enrolment.events().accept(new PodEvent.SnapshotDone());
      eventually(() -> has(enrolment, PodStatus.State.ENROLLED));
    }
    assertThat(machine.log).containsExactly("enrol a", "stop a", "drain a", "close a");
    assertThat(enrolment.pods())
        .extracting(PodStatus::state)
        .containsExactly(PodStatus.State.PENDING);
  }

  @Test
  void connectionsThatNeverEndAreCutWhenTheDrainIsOver() throws IOException {
    machine.namespace("a", 1);
    machine.stuck.add("a");
    Enrolment enrolment = start(machine, Duration.ofMillis(50));
    enrolment.events().accept(new PodEvent.Add(pod("a")));
    eventually(() -> has(enrolment, PodStatus.State.ENROLLED));

    enrolment.close();

    assertThat(machine.log).containsSubsequence("enrol a", "stop a", "close a");
  }

  @Test
  void manyPodsAreEnrolledAndClosedOneTimeEach() throws IOException {
    List<String> names = IntStream.range(0, 50).mapToObj(i -> "p" + i).toList();
    names.forEach(name -> machine.namespace(name, 100 + names.indexOf(name)));
    try (Enrolment enrolment = start(machine)) {
      names.forEach(name -> enrolment.events().accept(new PodEvent.Add(pod(name))));
      eventually(() ->
          enrolment.pods().size() == names.size()
              && enrolment.pods().stream()
                  .allMatch(pod -> pod.state() == PodStatus.State.ENROLLED));
    }
    assertThat(machine.log)
        .containsExactlyInAnyOrderElementsOf(
            names.stream()
                .flatMap(
                    name -> Stream.of("enrol ", "stop ", "drain ", "close ").map(s -> s + name))
                .toList());
  }

  @Test
  void oneThatWasNeverStartedCanBeClosed() {
    new Enrolment(machine, EnrolSettings.defaults(Duration.ZERO)).close();
    assertThat(machine.log).isEmpty();
  }

  @Test
  void aNamespaceFileThatComesOrGoesIsSeenWithoutATick() throws IOException {
    Path file = netns.resolve("late");
    MeshPod pod =
        new MeshPod("uid-late", pod("late").workload(), file.toString(), pod("late").addresses());
    try (Enrolment enrolment = start(new OnFiles())) {
      enrolment.events().accept(new PodEvent.Add(pod));
      eventually(() -> enrolment.pods().getFirst().detail().contains("not there yet"));

      Files.createFile(file);
      eventually(() -> has(enrolment, PodStatus.State.ENROLLED));

      Files.delete(file);
      eventually(() -> has(enrolment, PodStatus.State.PENDING));
    }
  }

  /** A file is a namespace as long as it exists. */
  private final class OnFiles implements Enroller {
    @Override
    public Attempt enrol(MeshPod pod, Runnable wishRescan) {
      machine.namespaces.put(pod.netnsPath(), 7L);
      return machine.enrol(pod, wishRescan);
    }

    @Override
    public OptionalLong namespaceAt(String path) {
      return Files.exists(Path.of(path)) ? OptionalLong.of(7) : OptionalLong.empty();
    }

    @Override
    public String absence(String path) {
      return machine.absence(path);
    }
  }

  private static Enrolment start(Enroller enroller) throws IOException {
    return start(enroller, Duration.ofSeconds(5));
  }

  private static Enrolment start(Enroller enroller, Duration drain) throws IOException {
    EnrolSettings settings = new EnrolSettings(NEVER, NEVER, Duration.ofMillis(500), NEVER, drain);
    Enrolment enrolment = new Enrolment(enroller, settings);
    enrolment.start((uid, addresses) -> {});
    return enrolment;
  }

  private static boolean has(Enrolment enrolment, PodStatus.State state) {
    return enrolment.pods().stream().anyMatch(pod -> pod.state() == state);
  }

  private static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it did not happen within 20 s").isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
