package io.sluice.proxy.telemetry;

import io.sluice.proxy.detect.Detected;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.intercept.Direction;

/**
 * The door to the meters. Implementations resolve meters once per edge and outcome and are safe on
 * any event loop; nothing here blocks. The objects that it gives may be kept as long as the caller
 * likes.
 */
public interface MeshTelemetry {
  HttpEdge http(Edge edge);

  TcpEdge tcp(Edge edge);

  /** It is known what a connection speaks; once for each. */
  void detected(Direction direction, Detected protocol);

  /** HTTP meters of one edge. */
  interface HttpEdge {
    /**
     * One exchange has ended.
     *
     * @param responseCode what the client saw; 0: no response was started
     * @param flag why
     * @param durationNanos from the request's first byte to the response's last
     * @param requestBytes body bytes received from the client
     * @param responseBytes body bytes sent to the client
     */
    void finished(
        int responseCode,
        ResponseFlag flag,
        long durationNanos,
        long requestBytes,
        long responseBytes);
  }

  /** TCP meters of one edge. */
  interface TcpEdge {
    void opened();

    /**
     * Bytes since the last call; reported while the connection is open and once more before {@link
     * #closed}.
     *
     * @param received from the client
     * @param sent to the client
     */
    void bytes(long received, long sent);

    void closed(ResponseFlag flag);
  }
}
