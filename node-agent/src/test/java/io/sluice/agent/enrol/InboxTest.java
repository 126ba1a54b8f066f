package io.sluice.agent.enrol;

import static io.sluice.agent.enrol.FakeEnroller.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.workload.MeshPod;
import io.sluice.mesh.workload.PodEvent;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InboxTest {

  private final Inbox inbox = new Inbox();

  @Test
  void theSnapshotRemovesWhatItDidNotName() {
    inbox.accept(new PodEvent.Add(pod("a")));
    inbox.accept(new PodEvent.Add(pod("b")));
    inbox.accept(new PodEvent.SnapshotDone());

    inbox.accept(new PodEvent.Add(pod("c")));
    inbox.accept(new PodEvent.Keep("uid-a"));
    inbox.accept(new PodEvent.SnapshotDone());

    assertThat(inbox.wanted()).containsOnlyKeys("uid-a", "uid-c");
  }

  @Test
  void unknownPodsAreNeitherKeptNorRemoved() {
    inbox.accept(new PodEvent.Keep("uid-x"));
    inbox.accept(new PodEvent.Remove("uid-y"));
    inbox.accept(new PodEvent.SnapshotDone());

    assertThat(inbox.wanted()).isEmpty();
  }

  @Test
  void aPodThatWasRemovedIsNotKeptByAnEarlierNaming() {
    inbox.accept(new PodEvent.Add(pod("a")));
    inbox.accept(new PodEvent.Remove("uid-a"));
    inbox.accept(new PodEvent.SnapshotDone());

    assertThat(inbox.wanted()).isEmpty();
  }

  @Test
  void podsBeyondTheLimitWaitUntilOthersGo() {
    for (int i = 0; i < Inbox.PODS_MAX + 3; i++) {
      inbox.accept(new PodEvent.Add(pod("p" + i)));
    }
    assertThat(inbox.wanted()).hasSize(Inbox.PODS_MAX);
    assertThat(inbox.waiting())
        .extracting(MeshPod::uid)
        .containsExactly("uid-p1024", "uid-p1025", "uid-p1026");

    inbox.accept(new PodEvent.Remove("uid-p7"));
    inbox.accept(new PodEvent.Remove("uid-p1025"));

    assertThat(inbox.wanted()).hasSize(Inbox.PODS_MAX).containsKey("uid-p1024");
    assertThat(inbox.waiting()).extracting(MeshPod::uid).containsExactly("uid-p1026");
  }

  @Test
  void notEvenThoseThatWaitAreWithoutLimit() {
    for (int i = 0; i < Inbox.PODS_MAX + Inbox.WAITING_MAX + 3; i++) {
      inbox.accept(new PodEvent.Add(pod("p" + i)));
    }
    assertThat(inbox.waiting()).hasSize(Inbox.WAITING_MAX);

    inbox.accept(new PodEvent.SnapshotDone());
    inbox.accept(new PodEvent.SnapshotDone());

    assertThat(inbox.wanted()).isEmpty();
    assertThat(inbox.waiting()).isEmpty();
  }

  @Test
  void aMessageThatCameBeforeTheWaitEndsIt() throws InterruptedException {
    inbox.nudge();

    long start = System.nanoTime();
    inbox.await(1, TimeUnit.HOURS);

    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MINUTES.toNanos(1));
  }
}
