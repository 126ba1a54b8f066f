package io.sluice.proxy.testkit;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
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
  private static final int COLLECTIONS_MAX = 50;

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

  private static void collectGarbage() {
    WeakReference<Object> canary = new WeakReference<>(new Object());
    for (int i = 0; i < COLLECTIONS_MAX && canary.get() != null; i++) {
      System.gc();
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
