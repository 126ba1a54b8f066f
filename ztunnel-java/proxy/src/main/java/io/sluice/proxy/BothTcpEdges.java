package io.sluice.proxy;

import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.telemetry.MeshTelemetry.TcpEdge;

/**
 * The meters of both sides of a connection that is passed on once.
 *
 * @param calling the caller's
 * @param called the called pod's
 */
record BothTcpEdges(TcpEdge calling, TcpEdge called) implements TcpEdge {
  @Override
  public void opened() {
    calling.opened();
    called.opened();
  }

  @Override
  public void bytes(long received, long sent) {
    calling.bytes(received, sent);
    called.bytes(received, sent);
  }

  @Override
  public void closed(ResponseFlag flag) {
    calling.closed(flag);
    called.closed(flag);
  }
}
