package io.sluice.agent.cli;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;
import sun.misc.Signal;

/**
 * SIGTERM and SIGINT: the first asks for an orderly end, the second ends the process at once.
 * Java's own handling would run shutdown hooks and exit with 128 + signal; an agent that drained as
 * asked exits with 0.
 */
final class ShutdownSignals {

  private static final List<String> NAMES = List.of("TERM", "INT");

  private final CountDownLatch first = new CountDownLatch(1);
  private final IntConsumer exitAtOnce;

  /**
   * @param exitAtOnce ends the process with that status, without waiting for anything
   */
  ShutdownSignals(IntConsumer exitAtOnce) {
    this.exitAtOnce = exitAtOnce;
  }

  /** From now on signals come here. */
  void install() {
    NAMES.forEach(name -> Signal.handle(new Signal(name), signal -> received(signal.getNumber())));
  }

  /** Blocks until the first signal. */
  void await() throws InterruptedException {
    first.await();
  }

  /** Called by the signal dispatcher, one signal after the other. */
  void received(int number) {
    if (first.getCount() > 0) {
      first.countDown();
    } else {
      exitAtOnce.accept(128 + number);
    }
  }
}
