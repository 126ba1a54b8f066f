package io.sluice.agent.view;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How late event loops come to what is due: everything that blocks a loop shows here.
 *
 * <p>Each loop runs a probe once a {@link LagWindow#PERIOD}. The probes live as long as their loops
 * and end with them.
 */
public final class LoopLag implements AutoCloseable {
  private final List<Probe> probes;

  private LoopLag(List<Probe> probes) {
    this.probes = probes;
  }

  /**
   * Starts a probe on each loop.
   *
   * @param loops e.g. an event loop group
   * @param nanoTime a clock that only grows, in nanoseconds
   */
  public static LoopLag start(Iterable<? extends EventExecutor> loops, LongSupplier nanoTime) {
    List<Probe> probes = new ArrayList<>();
    for (EventExecutor loop : loops) {
      Probe probe = new Probe("loop-" + probes.size(), loop, nanoTime);
      probes.add(probe);
      loop.execute(probe);
    }
    return new LoopLag(List.copyOf(probes));
  }

  /** A loop's name and its largest lag of late, in seconds; on any thread. */
  record Lag(String loop, double seconds) {}

  List<Lag> lags() {
    return probes.stream().map(Probe::lag).toList();
  }

  @Override
  public void close() {
    probes.forEach(Probe::stop);
  }

  private static final class Probe implements Runnable {
    private final EventExecutor loop;
    private final LongSupplier nanoTime;
    private final LagWindow window;
    private volatile String name; // its thread's, once it has run
    private volatile boolean stopped;

    Probe(String name, EventExecutor loop, LongSupplier nanoTime) {
      this.name = name;
      this.loop = loop;
      this.nanoTime = nanoTime;
      this.window = new LagWindow(nanoTime.getAsLong());
    }

    @Override
    public void run() {
      name = Thread.currentThread().getName();
      window.fired(nanoTime.getAsLong());
      if (!stopped && !loop.isShuttingDown()) {
        loop.schedule(this, LagWindow.PERIOD.toNanos(), TimeUnit.NANOSECONDS);
      }
    }

    void stop() {
      stopped = true;
    }

    Lag lag() {
      return new Lag(name, loop.isShuttingDown() ? 0 : window.worst(nanoTime.getAsLong()) / 1e9);
    }
  }
}
