package io.sluice.proxy.telemetry;

import io.prometheus.metrics.model.snapshots.Labels;
import io.sluice.proxy.fault.ResponseFlag;

/** A TCP edge as the proxy holds it. */
final class TcpHandle extends Handle<TcpSeries> implements MeshTelemetry.TcpEdge {
  TcpHandle(SeriesTable<TcpSeries> table, Labels labels, SeriesBudget budget) {
    super(table, labels, budget);
  }

  @Override
  public void opened() {
    TcpSeries series = series();
    if (series == null) {
      overflowed();
    } else {
      series.opened();
    }
  }

  @Override
  public void bytes(long received, long sent) {
    TcpSeries series = series();
    if (series == null) {
      overflowed();
    } else {
      series.bytes(received, sent);
    }
  }

  @Override
  public void closed(ResponseFlag flag) {
    TcpSeries series = series();
    if (series == null) {
      overflowed();
    } else {
      series.closed(flag);
    }
  }
}
