package io.sluice.proxy.testkit;

import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.telemetry.MeshTelemetry.TcpEdge;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** TCP meters that a test reads, from any thread. */
public final class RecordedTcpEdge implements TcpEdge {
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger reports = new AtomicInteger();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();
  private final List<ResponseFlag> closed = new CopyOnWriteArrayList<>();

  @Override
  public void opened() {
    opened.incrementAndGet();
  }

  @Override
  public void bytes(long receivedBytes, long sentBytes) {
    reports.incrementAndGet();
    received.addAndGet(receivedBytes);
    sent.addAndGet(sentBytes);
  }

  @Override
  public void closed(ResponseFlag flag) {
    closed.add(flag);
  }

  public int openedTimes() {
    return opened.get();
  }

  public int reports() {
    return reports.get();
  }

  public long received() {
    return received.get();
  }

  public long sent() {
    return sent.get();
  }

  /** The flag of each close. */
  public List<ResponseFlag> closedWith() {
    return List.copyOf(closed);
  }
}
