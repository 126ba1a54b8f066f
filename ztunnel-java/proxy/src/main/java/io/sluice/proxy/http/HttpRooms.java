package io.sluice.proxy.http;

import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.ServiceId;
import io.sluice.proxy.http.head.RequestHead;
import io.sluice.proxy.telemetry.MeshTelemetry;
import io.sluice.proxy.upstream.UpstreamConnection;
import java.util.Optional;

/** What the exchanges of one connection ask of the other rooms. Event loop of the connection. */
public interface HttpRooms {
  /**
   * Decides what is done with a request.
   *
   * @param request head, as the client sent it; not changed
   * @param startNanos the clock's reading at its first byte
   */
  HttpPlan plan(RequestHead request, long startNanos);

  /**
   * Where an exchange is counted.
   *
   * @param service of the plan
   * @param endpoint that was reached; empty when none was
   */
  MeshTelemetry.HttpEdge edge(Optional<ServiceId> service, Optional<Endpoint> endpoint);

  /**
   * Where an exchange is counted for the called side, too, because nobody else does.
   *
   * @param upstream on which it runs
   * @param request head, before it is sent
   * @return empty: the called side counts by itself, or takes no part
   */
  Optional<MeshTelemetry.HttpEdge> calledEdge(UpstreamConnection upstream, RequestHead request);
}
