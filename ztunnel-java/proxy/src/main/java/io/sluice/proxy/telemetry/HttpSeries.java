package io.sluice.proxy.telemetry;

import io.prometheus.metrics.model.snapshots.Labels;
import io.sluice.proxy.fault.ResponseFlag;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The outcomes of one HTTP edge. */
final class HttpSeries extends Series {
  /** A server may answer with any code from 100 to 999, but not use up the node's budget alone. */
  static final int OUTCOMES_MAX = 64;

  private static final AtomicReferenceFieldUpdater<HttpSeries, OutcomeTable> OUTCOMES =
      AtomicReferenceFieldUpdater.newUpdater(HttpSeries.class, OutcomeTable.class, "outcomes");

  private final SeriesBudget budget;
  private volatile OutcomeTable outcomes = OutcomeTable.EMPTY;

  HttpSeries(Labels labels, SeriesBudget budget) {
    super(labels);
    this.budget = budget;
  }

  /** The outcome's meters, made if there are none; null when they don't fit. */
  @Nullable HttpOutcome outcome(int responseCode, ResponseFlag flag) {
    int key = responseCode << 8 | flag.ordinal();
    HttpOutcome found = outcomes.find(key);
    return found != null ? found : make(key, responseCode, flag);
  }

  private @Nullable HttpOutcome make(int key, int responseCode, ResponseFlag flag) {
    if (outcomes.size() >= OUTCOMES_MAX) {
      return null;
    }
    return publish(new HttpOutcome(key, EdgeLabels.withOutcome(labels(), responseCode, flag)));
  }

  private @Nullable HttpOutcome publish(HttpOutcome made) {
    while (true) {
      OutcomeTable before = outcomes;
      HttpOutcome other = before.find(made.key());
      if (other != null) {
        return other;
      }
      boolean paid = before.size() > 0; // the edge itself has paid for its first
      if (paid && !budget.take()) {
        return null;
      }
      if (OUTCOMES.compareAndSet(this, before, before.with(made))) {
        return made;
      }
      budget.giveBack(paid ? 1 : 0);
    }
  }

  void forEach(Consumer<HttpOutcome> action) {
    outcomes.forEach(action);
  }

  @Override
  long activity() {
    long[] requests = new long[1];
    forEach(outcome -> requests[0] += outcome.read().requests());
    return requests[0];
  }

  @Override
  boolean inUse() {
    return false;
  }

  @Override
  int labelSets() {
    return Math.max(1, outcomes.size());
  }
}
