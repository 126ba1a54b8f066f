package io.sluice.proxy.telemetry;

import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.sluice.proxy.detect.Detected;
import io.sluice.proxy.intercept.Direction;
import java.util.ArrayList;
import java.util.List;

/** How many connections speak what, each way; all are shown from the start. Any thread. */
final class DetectedCounts {
  private static final List<String> PROTOCOLS = List.of("http1", "http2", "tls", "opaque");

  private final Cells cells = new Cells(Direction.values().length * PROTOCOLS.size());

  void add(Direction direction, Detected protocol) {
    cells.mine().getAndIncrement(direction.ordinal() * PROTOCOLS.size() + index(protocol));
  }

  private static int index(Detected protocol) {
    return switch (protocol) {
      case Detected.Http1 _ -> 0;
      case Detected.Http2 _ -> 1;
      case Detected.Tls _ -> 2;
      case Detected.Opaque _ -> 3;
    };
  }

  List<CounterDataPointSnapshot> points() {
    long[] now = cells.read();
    List<CounterDataPointSnapshot> points = new ArrayList<>();
    for (Direction direction : Direction.values()) {
      for (int i = 0; i < PROTOCOLS.size(); i++) {
        points.add(
            MeshCollector.point(
                now[direction.ordinal() * PROTOCOLS.size() + i],
                Labels.of("direction", name(direction), "protocol", PROTOCOLS.get(i))));
      }
    }
    return points;
  }

  private static String name(Direction direction) {
    return switch (direction) {
      case OUTBOUND -> "outbound";
      case INBOUND -> "inbound";
    };
  }
}
