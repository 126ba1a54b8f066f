package io.sluice.agent.demo;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What must be undone, the newest first; once, by whoever comes first: the end of the story, or the
 * shutdown hook.
 */
final class Cleanup implements AutoCloseable {
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private boolean closed;

  /** Remembers how to undo what was just made, or undoes it now when the end has come already. */
  synchronized void add(Runnable step) {
    if (closed) {
      step.run();
    } else {
      undo.push(step);
    }
  }

  /** Goes on to the next step when one fails; the first failure is thrown at the end. */
  @Override
  public synchronized void close() {
    closed = true;
    RuntimeException first = null;
    while (!undo.isEmpty()) {
      try {
        undo.pop().run();
      } catch (RuntimeException failed) {
        if (first == null) {
          first = failed;
        } else {
          first.addSuppressed(failed);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
