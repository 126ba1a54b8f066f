package io.sluice.proxy.testkit;

import io.sluice.proxy.detect.Detected;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.intercept.Direction;
import io.sluice.proxy.telemetry.Edge;
import io.sluice.proxy.telemetry.MeshTelemetry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Records what was counted. */
public final class QuietTelemetry implements MeshTelemetry {
  /** One finished exchange. */
  public record Finished(
      Edge edge,
      int code,
      ResponseFlag flag,
      long durationNanos,
      long requestBytes,
      long responseBytes) {}

  /** One ended TCP connection. */
  public record Closed(Edge edge, ResponseFlag flag, long received, long sent) {}

  private final List<Finished> finished = new CopyOnWriteArrayList<>();
  private final List<Edge> opened = new CopyOnWriteArrayList<>();
  private final List<Closed> closed = new CopyOnWriteArrayList<>();

  private volatile boolean deaf;
  private final List<Detected> detected = new CopyOnWriteArrayList<>();

  /** From now on ended exchanges are not kept: for tests of many. */
  public void deafen() {
    deaf = true;
  }

  public List<Finished> finished() {
    return List.copyOf(finished);
  }

  public List<Edge> opened() {
    return List.copyOf(opened);
  }

  public List<Closed> closed() {
    return List.copyOf(closed);
  }

  /** What each connection turned out to speak. */
  public List<Detected> detected() {
    return List.copyOf(detected);
  }

  @Override
  public void detected(Direction direction, Detected protocol) {
    detected.add(protocol);
  }

  @Override
  public HttpEdge http(Edge edge) {
    return (code, flag, durationNanos, requestBytes, responseBytes) -> {
      if (!deaf) {
        finished.add(new Finished(edge, code, flag, durationNanos, requestBytes, responseBytes));
      }
    };
  }

  @Override
  public TcpEdge tcp(Edge edge) {
    return new TcpEdge() {
      private final AtomicLong received = new AtomicLong();
      private final AtomicLong sent = new AtomicLong();

      @Override
      public void opened() {
        opened.add(edge);
      }

      @Override
      public void bytes(long moreReceived, long moreSent) {
        received.addAndGet(moreReceived);
        sent.addAndGet(moreSent);
      }

      @Override
      public void closed(ResponseFlag flag) {
        closed.add(new Closed(edge, flag, received.get(), sent.get()));
      }
    };
  }
}
