package io.sluice.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CleanupTest {
  private final List<String> undone = new ArrayList<>();
  private final Cleanup cleanup = new Cleanup();

  @Test
  void theNewestIsUndoneFirstAndOnlyOnce() {
    cleanup.add(() -> undone.add("network"));
    cleanup.add(() -> undone.add("agent"));
    cleanup.close();
    cleanup.close();
    assertThat(undone).containsExactly("agent", "network");
  }

  @Test
  void whatIsMadeAfterTheEndIsUndoneAtOnce() {
    cleanup.close();
    cleanup.add(() -> undone.add("late"));
    assertThat(undone).containsExactly("late");
  }

  @Test
  void aFailureDoesNotKeepTheRestFromBeingUndone() {
    cleanup.add(() -> undone.add("network"));
    cleanup.add(() -> {
      throw new IllegalStateException("busy");
    });
    assertThatThrownBy(cleanup::close).hasMessage("busy");
    assertThat(undone).containsExactly("network");
  }
}
