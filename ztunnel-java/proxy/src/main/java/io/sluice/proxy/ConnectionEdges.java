package io.sluice.proxy;

import io.sluice.mesh.RouteTables;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.doors.LocalPod;
import io.sluice.proxy.http.HttpPlan;
import io.sluice.proxy.http.HttpRooms;
import io.sluice.proxy.http.head.RequestHead;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.route.InboundRouter;
import io.sluice.proxy.telemetry.Edge;
import io.sluice.proxy.telemetry.MeshTelemetry;
import io.sluice.proxy.telemetry.Reporter;
import io.sluice.proxy.upstream.UpstreamConnection;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * ROOM 7's labels for one connection: who calls whom. The last edge is kept, for most connections
 * have one only. Event loop of the connection.
 */
final class ConnectionEdges {
  /** Decides what is done with a request. */
  @FunctionalInterface
  interface Planner {
    HttpPlan plan(RequestHead request, long startNanos);
  }

  private final MeshTelemetry telemetry;
  private final RouteTables tables;
  private final InterceptedConnection connection;
  private @Nullable Edge last;
  private MeshTelemetry.@Nullable HttpEdge lastHttp;
  private @Nullable Edge lastCalled;
  private Optional<MeshTelemetry.HttpEdge> lastCalledHttp = Optional.empty();

  ConnectionEdges(MeshTelemetry telemetry, RouteTables tables, InterceptedConnection connection) {
    this.telemetry = telemetry;
    this.tables = tables;
    this.connection = connection;
  }

  HttpRooms rooms(Planner planner) {
    return new HttpRooms() {
      @Override
      public HttpPlan plan(RequestHead request, long startNanos) {
        return planner.plan(request, startNanos);
      }

      @Override
      public MeshTelemetry.HttpEdge edge(Optional<ServiceId> service, Optional<Endpoint> endpoint) {
        return http(service, endpoint);
      }

      @Override
      public Optional<MeshTelemetry.HttpEdge> calledEdge(
          UpstreamConnection upstream, RequestHead request) {
        return upstream.straightTo().isPresent()
            ? calledHttp(upstream, upstream.straightTo().get(), request)
            : Optional.empty();
      }
    };
  }

  MeshTelemetry.TcpEdge tcp(Optional<ServiceId> service, Optional<Endpoint> endpoint) {
    return telemetry.tcp(edge(service, endpoint));
  }

  /** Of both sides, where the called one does not count by itself. */
  MeshTelemetry.TcpEdge tcpOver(Optional<ServiceId> service, UpstreamConnection upstream) {
    MeshTelemetry.TcpEdge calling = tcp(service, Optional.of(upstream.endpoint()));
    Optional<LocalPod> pod = upstream.straightTo();
    return pod.isPresent()
        ? new BothTcpEdges(calling, telemetry.tcp(called(upstream, pod.get(), "")))
        : calling;
  }

  private Optional<MeshTelemetry.HttpEdge> calledHttp(
      UpstreamConnection upstream, LocalPod pod, RequestHead request) {
    Edge edge = called(upstream, pod, RequestViews.authority(request));
    if (!edge.equals(lastCalled)) {
      lastCalled = edge;
      lastCalledHttp = Optional.of(telemetry.http(edge));
    }
    return lastCalledHttp;
  }

  private Edge called(UpstreamConnection upstream, LocalPod pod, String authority) {
    return called(
        connection,
        pod,
        InboundRouter.service(tables.current(), upstream.endpoint().address(), authority));
  }

  /** As the called pod's own pass would have it. */
  static Edge called(
      InterceptedConnection connection, LocalPod called, Optional<ServiceId> service) {
    return new Edge(
        Reporter.DESTINATION,
        Optional.of(connection.pod().workload()),
        Optional.of(called.workload()),
        service);
  }

  private MeshTelemetry.HttpEdge http(Optional<ServiceId> service, Optional<Endpoint> endpoint) {
    Edge edge = edge(service, endpoint);
    MeshTelemetry.HttpEdge known = lastHttp;
    if (known == null || !edge.equals(last)) {
      known = telemetry.http(edge);
      last = edge;
      lastHttp = known;
    }
    return known;
  }

  private Edge edge(Optional<ServiceId> service, Optional<Endpoint> endpoint) {
    Optional<Workload> own = Optional.of(connection.pod().workload());
    return switch (connection.direction()) {
      case OUTBOUND -> new Edge(Reporter.SOURCE, own, endpoint.flatMap(this::behind), service);
      case INBOUND ->
          new Edge(Reporter.DESTINATION, at(connection.client().getAddress()), own, service);
    };
  }

  private Optional<Workload> behind(Endpoint endpoint) {
    return endpoint.workload().or(() -> at(endpoint.address().getAddress()));
  }

  private Optional<Workload> at(InetAddress address) {
    return tables.current().workloadAt(address);
  }
}
