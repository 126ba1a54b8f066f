package io.sluice.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShutdownSignalsTest {

  private final List<Integer> exits = new ArrayList<>();
  private final ShutdownSignals signals = new ShutdownSignals(exits::add);

  @Test
  void theFirstAsksForAnOrderlyEnd() throws InterruptedException {
    signals.received(15);

    signals.await();
    assertThat(exits).isEmpty();
  }

  @Test
  void theSecondEndsTheProcessAtOnce() {
    signals.received(15);
    signals.received(2);

    assertThat(exits).containsExactly(130);
  }
}
