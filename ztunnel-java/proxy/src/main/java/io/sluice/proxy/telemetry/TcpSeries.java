package io.sluice.proxy.telemetry;

import io.prometheus.metrics.model.snapshots.Labels;
import io.sluice.proxy.fault.ResponseFlag;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The meters of one TCP edge. Only the end of a connection has a flag; whatever is counted while it
 * is open says {@code -}.
 */
final class TcpSeries extends Series {
  private static final ResponseFlag[] FLAGS = ResponseFlag.values();
  private static final int OPENED = 0;
  private static final int RECEIVED = 1;
  private static final int SENT = 2;
  private static final int CLOSED = 3;

  private final Cells cells = new Cells(CLOSED + FLAGS.length);

  TcpSeries(Labels labels) {
    super(labels);
  }

  void opened() {
    cells.mine().getAndIncrement(OPENED);
  }

  void bytes(long received, long sent) {
    AtomicLongArray mine = cells.mine();
    mine.getAndAdd(RECEIVED, Math.max(0, received));
    mine.getAndAdd(SENT, Math.max(0, sent));
  }

  void closed(ResponseFlag flag) {
    cells.mine().getAndIncrement(CLOSED + flag.ordinal());
  }

  Reading read() {
    return new Reading(labels(), cells.read());
  }

  @Override
  long activity() {
    long activity = 0;
    for (long cell : cells.read()) {
      activity += cell;
    }
    return activity;
  }

  /** A silent connection is still one. */
  @Override
  boolean inUse() {
    Reading now = read();
    long closed = 0;
    for (ResponseFlag flag : FLAGS) {
      closed += now.closed(flag);
    }
    return now.opened() > closed;
  }

  @Override
  int labelSets() {
    return 1;
  }

  /** One look at all of it. */
  record Reading(Labels labels, long[] cells) {
    long opened() {
      return cells[OPENED];
    }

    long received() {
      return cells[RECEIVED];
    }

    long sent() {
      return cells[SENT];
    }

    long closed(ResponseFlag flag) {
      return cells[CLOSED + flag.ordinal()];
    }
  }
}
