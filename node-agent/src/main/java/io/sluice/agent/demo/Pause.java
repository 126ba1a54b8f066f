package io.sluice.agent.demo;

import java.time.Duration;

/** Waits between two looks at something that another process does. */
final class Pause {
  private Pause() {}

  static void of(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DemoFault("interrupted");
    }
  }
}
