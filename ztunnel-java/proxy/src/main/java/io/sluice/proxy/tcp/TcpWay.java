package io.sluice.proxy.tcp;

import io.sluice.mesh.service.TcpOptions;
import io.sluice.proxy.telemetry.MeshTelemetry.TcpEdge;
import io.sluice.proxy.upstream.Acquired;
import io.sluice.proxy.upstream.UpstreamConnection;
import io.sluice.proxy.upstream.Upstreams;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where one opaque connection goes. It may still be looked for (by DNS), or be open already, when
 * the coupling asks. On the connection's event loop.
 */
public interface TcpWay {
  /**
   * Gives the server, whoever it turns out to be; asked once. Opaque bytes need one that is not
   * reused.
   *
   * @param then as in {@link Upstreams#acquire}
   */
  Upstreams.Cancellation acquire(Consumer<Acquired> then);

  /** How the connection is kept; asked once there is a server. */
  TcpOptions options();

  /**
   * The meters; asked once.
   *
   * @param upstream the server; empty when none was reached, or none was found
   */
  TcpEdge edge(Optional<UpstreamConnection> upstream);
}
