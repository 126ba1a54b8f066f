package io.sluice.proxy.testkit;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test after which Netty reports a resource that was garbage-collected before it was
 * released. Use: {@code @ExtendWith(LeakWatch.class)}, on the class and before other extensions, so
 * that it looks last.
 *
 * <p>It listens to the log of Netty's leak detector, because that is where all of its detectors
 * (buffers, TLS contexts, timers) speak.
 */
public final class LeakWatch implements BeforeEachCallback, AfterEachCallback {
  private static final Logger DETECTOR = Logger.getLogger(ResourceLeakDetector.class.getName());
  private static final int COLLECTIONS = 2;
  private static final long QUEUED_MILLIS_MAX = 20_000;

  private final Recorder recorder = new Recorder();

  @Override
  public void beforeEach(ExtensionContext context) {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    DETECTOR.addHandler(recorder);
    // The failure carries the report.
    DETECTOR.setUseParentHandlers(false);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    try {
      collectGarbage();
      // The detector looks at what was collected whenever it tracks something new.
      for (int i = 0; i < 4; i++) {
        ByteBufAllocator.DEFAULT.directBuffer(16).release();
        ByteBufAllocator.DEFAULT.heapBuffer(16).release();
      }
      if (!recorder.leaks.isEmpty()) {
        throw new AssertionError(
            recorder.leaks.size() + " leaks:\n" + String.join("\n", recorder.leaks));
      }
    } finally {
      DETECTOR.removeHandler(recorder);
      DETECTOR.setUseParentHandlers(true);
      recorder.leaks.clear();
    }
  }

  /** Twice: what the first collection sees as garbage is surely queued by the end of the second. */
  private static void collectGarbage() {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    for (int i = 0; i < COLLECTIONS; i++) {
      WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
      System.gc();
      try {
        if (!canary.equals(queue.remove(QUEUED_MILLIS_MAX))) {
          throw new AssertionError("System.gc() collects nothing: is it switched off?");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static final class Recorder extends Handler {
    final List<String> leaks = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord record) {
      if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
        leaks.add(record.getMessage());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
