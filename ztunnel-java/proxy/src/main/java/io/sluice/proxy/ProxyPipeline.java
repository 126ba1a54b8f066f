package io.sluice.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.SocketChannel;
import io.sluice.mesh.RouteTable;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Discovery;
import io.sluice.proxy.detect.Detected;
import io.sluice.proxy.detect.Detection;
import io.sluice.proxy.doors.OriginalDestinations;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.fault.FaultExit;
import io.sluice.proxy.http.HttpConnection;
import io.sluice.proxy.http.HttpPlan;
import io.sluice.proxy.http.HttpServices;
import io.sluice.proxy.http.head.RequestHead;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.Interceptor;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.resilience.Admission;
import io.sluice.proxy.route.InboundRouter;
import io.sluice.proxy.route.OutboundRouter;
import io.sluice.proxy.route.RouteDecision;
import io.sluice.proxy.route.TcpRouter;
import io.sluice.proxy.route.WellKnownClusters;
import io.sluice.proxy.tcp.TcpRelay;
import io.sluice.proxy.telemetry.MeshTelemetry;
import io.sluice.proxy.transport.Transport;
import io.sluice.proxy.upstream.Upstreams;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * THE MAP: the rooms composed, top to bottom, in the order in which a connection walks through
 * them.
 *
 * <pre>
 *   accepted socket
 *     2 intercept   -> where to, who calls            else RST
 *     3 detect      -> HTTP/1 or something else; a silent client's server is opened meanwhile
 *         HTTP/1, each request                         something else
 *     4 route       -> cluster, or an answer           cluster
 *     5 resilience  -> deadline, or an abort
 *     6 upstream    -> the exchange                    the relay
 *     7 telemetry   -> counted once                    counted while it lasts
 * </pre>
 */
final class ProxyPipeline {
  private final RouteTables tables;
  private final Interceptor interceptor;
  private final Detection detection;
  private final HttpServices http;
  private final TcpRelay relay;
  private final Upstreams upstreams;
  private final MeshTelemetry telemetry;
  private final Supplier<? extends RandomGenerator> randoms;

  /**
   * @param nanoClock as {@code System.nanoTime}
   * @param randoms gives the calling thread's generator
   */
  ProxyPipeline(
      ProxySettings settings,
      RouteTables tables,
      OriginalDestinations originals,
      MeshTelemetry telemetry,
      Upstreams upstreams,
      LongSupplier nanoClock,
      Supplier<? extends RandomGenerator> randoms) {
    this.tables = tables;
    this.interceptor = new Interceptor(originals);
    this.detection = new Detection(settings.detectMillis(), settings.serverFirstMillis());
    this.http = new HttpServices(upstreams, nanoClock, new RequestIds(randoms), settings.http());
    this.relay = new TcpRelay(settings.tcp(), failure -> FaultExit.of(failure).flag());
    this.upstreams = upstreams;
    this.telemetry = telemetry;
    this.randoms = randoms;
  }

  /**
   * Takes the connection over. On its event loop, while it is being registered.
   *
   * @param ownPorts of the pod's listeners at which it would come back if it were passed on
   * @param draining whether the pod is being let go of gently
   */
  void accepted(
      SocketChannel channel,
      PodListener.Role role,
      PodContext pod,
      Set<Integer> ownPorts,
      BooleanSupplier draining) {
    // ROOM 2: where did it want to go, and who calls? Nobody knows: reset.
    Optional<InterceptedConnection> intercepted = intercept(channel, role, pod, ownPorts);
    if (intercepted.isEmpty()) {
      Transport.reset(channel);
      return;
    }
    InterceptedConnection connection = intercepted.get();

    // ROOM 3: what does it speak?
    detection.detect(
        channel,
        declared(connection),
        connection.originalDestination().getPort(),
        new Walk(channel, connection, draining));
  }

  /**
   * Takes over a connection to a plain listener. On its event loop, while it is being registered.
   *
   * @param destinationPort whose hosts are meant
   */
  void acceptedPlain(
      SocketChannel channel, PodContext pod, int destinationPort, BooleanSupplier draining) {
    // ROOM 2: it says itself, by its Host header, where it wants to go.
    InterceptedConnection connection =
        interceptor.plain(pod, destinationPort, channel.remoteAddress());

    // ROOM 3: only HTTP/1 says that.
    detection.detect(
        channel, AppProtocol.HTTP, destinationPort, new Walk(channel, connection, draining));
  }

  /** What follows room 3, for one connection. */
  private final class Walk implements Detection.Outcome {
    private final SocketChannel channel;
    private final InterceptedConnection connection;
    private final BooleanSupplier draining;
    private final ConnectionEdges edges;
    private final OpaqueWay way;

    Walk(SocketChannel channel, InterceptedConnection connection, BooleanSupplier draining) {
      this.channel = channel;
      this.connection = connection;
      this.draining = draining;
      this.edges = new ConnectionEdges(telemetry, tables, connection);
      this.way =
          new OpaqueWay(
              new TcpRouting(tables, randoms, connection), upstreams, edges, connection, channel);
    }

    @Override
    public void silent(Runnable serverSpeaks) {
      way.openEarly(serverSpeaks);
    }

    @Override
    public void detected(Detected protocol, ByteBuf first) {
      telemetry.detected(connection.direction(), protocol);
      switch (protocol) {
        // Requests, each by itself: rooms 4 and 5 in plan(), room 6 in the exchange, room 7 at its
        // end.
        case Detected.Http1 _ -> {
          way.discardEarly();
          HttpConnection.serve(
              channel,
              connection,
              http,
              edges.rooms((request, start) -> plan(connection, request, start)),
              draining);
          passOn(first);
        }

        // Bytes: nothing to choose but the cluster.
        case Detected.Tls tls -> relay(first, way.of(tls));
        case Detected.Http2 _, Detected.Opaque _ -> relay(first, way);
      }
    }

    private void relay(ByteBuf first, OpaqueWay to) {
      if (connection.hasDestination()) {
        relay.couple(channel, first, to);
      } else {
        first.release();
        Transport.reset(channel);
      }
    }

    @Override
    public void gone() {
      way.abandon();
    }

    private void passOn(ByteBuf first) {
      if (first.isReadable()) {
        channel.pipeline().fireChannelRead(first).fireChannelReadComplete();
      } else {
        first.release();
      }
    }
  }

  /** Decides what is done with a request, on one look at the table. */
  private HttpPlan plan(InterceptedConnection connection, RequestHead request, long startNanos) {
    RouteTable table = tables.current();

    // ROOM 4: where to? The caller's side knows the rules, the called side knows its app.
    RouteDecision decision = route(table, connection, request);

    // ROOM 5: may it go, and how long may it take?
    Admission admission = Admission.of(decision.route(), startNanos, randoms.get());

    return switch (admission) {
      case Admission.Aborted aborted ->
          refuse(decision, new Failure.AbortInjected(RouteNames.of(decision), aborted.status()));
      case Admission.Admitted admitted ->
          switch (decision) {
            case RouteDecision.Forward forward when leadsNowhere(forward, connection) ->
                refuse(forward, nowhere(forward, connection, request));
            case RouteDecision.Forward forward ->
                new HttpPlan.Forward(
                    forward.cluster(),
                    forward.service(),
                    () -> RouteNames.of(forward),
                    admitted.deadline());
            case RouteDecision.Respond respond ->
                refuse(
                    respond,
                    new Failure.UnusableRoute(
                        RouteNames.of(respond), respond.status(), respond.body()));
            case RouteDecision.NoRoute noRoute ->
                refuse(noRoute, new Failure.NoRoute(noRoute.host()));
          };
    };
  }

  private RouteDecision route(
      RouteTable table, InterceptedConnection connection, RequestHead request) {
    return switch (connection.direction()) {
      case OUTBOUND ->
          OutboundRouter.route(table, RequestViews.of(request, connection), randoms.get());
      case INBOUND ->
          InboundRouter.route(
              table, connection.originalDestination(), RequestViews.authority(request));
    };
  }

  private static boolean leadsNowhere(
      RouteDecision.Forward forward, InterceptedConnection connection) {
    return !connection.hasDestination()
        && forward.cluster().discovery() instanceof Discovery.OriginalDestination;
  }

  private static Failure nowhere(
      RouteDecision.Forward forward, InterceptedConnection connection, RequestHead request) {
    return forward.cluster().equals(WellKnownClusters.PASSTHROUGH)
        ? new Failure.UnknownHost(
            RequestViews.authority(request), connection.originalDestination().getPort())
        : new Failure.NoEndpoint(forward.cluster().id().toString());
  }

  private static HttpPlan refuse(RouteDecision decision, Failure failure) {
    return new HttpPlan.Refuse(failure, decision.service());
  }

  private AppProtocol declared(InterceptedConnection connection) {
    RouteTable table = tables.current();
    return switch (connection.direction()) {
      case OUTBOUND -> TcpRouter.declaredOutbound(table, connection.originalDestination());
      case INBOUND -> TcpRouter.declaredInbound(table, connection.originalDestination());
    };
  }

  private Optional<InterceptedConnection> intercept(
      SocketChannel channel, PodListener.Role role, PodContext pod, Set<Integer> ownPorts) {
    return switch (role) {
      case OUTBOUND_V4, OUTBOUND_V6 ->
          interceptor.outbound(pod, Transport.fd(channel), channel.remoteAddress(), ownPorts);
      case INBOUND_V4, INBOUND_V6 ->
          interceptor.inbound(pod, channel.localAddress(), channel.remoteAddress(), ownPorts);
      case PLAIN ->
          throw new IllegalArgumentException("role: PLAIN (expected: a listener inside a pod)");
    };
  }
}
