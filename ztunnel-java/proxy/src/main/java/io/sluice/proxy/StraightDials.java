package io.sluice.proxy;

import io.netty.channel.ChannelHandler;
import io.sluice.mesh.RouteTable;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.proxy.doors.LocalPod;
import io.sluice.proxy.doors.LocalPods;
import io.sluice.proxy.intercept.Direction;
import io.sluice.proxy.route.InboundRouter;
import io.sluice.proxy.route.TcpRouter;
import io.sluice.proxy.telemetry.MeshTelemetry;
import io.sluice.proxy.upstream.StraightWay;
import io.sluice.proxy.upstream.UpstreamTarget;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Which connections to another pod of this machine need no second pass: those that it would take
 * for the same as the first one did. So what is counted does not depend on where a pod runs.
 *
 * <pre>
 *   the caller's pass     the called port declares
 *   requests              HTTP, nothing                               straight
 *   bytes                 something that is never HTTP, or the same   straight
 *                         as the port that was dialled
 *   anything, in TLS      anything: the called side sees bytes        straight, with a meter
 *   that is added here                                                for these bytes
 * </pre>
 */
record StraightDials(RouteTables tables, LocalPods pods, MeshTelemetry telemetry)
    implements StraightWay {

  @Override
  public Optional<LocalPod> to(UpstreamTarget target, InetSocketAddress endpoint) {
    Optional<LocalPod> pod = pods.at(endpoint.getAddress());
    return pod.isPresent() && isAnother(pod.get(), target) && oneViewDoes(target, endpoint)
        ? pod
        : Optional.empty();
  }

  @Override
  public ChannelHandler meter(UpstreamTarget target, InetSocketAddress endpoint, LocalPod called) {
    return new CalledMeter(
        telemetry.tcp(
            ConnectionEdges.called(
                target.connection(),
                called,
                InboundRouter.service(tables.current(), endpoint, ""))));
  }

  /** A connection of a pod to itself is not steered anyway. */
  private static boolean isAnother(LocalPod pod, UpstreamTarget target) {
    return target.connection().direction() == Direction.OUTBOUND
        && !pod.uid().equals(target.connection().pod().uid());
  }

  private boolean oneViewDoes(UpstreamTarget target, InetSocketAddress endpoint) {
    if (target.cluster().tls().isPresent()) {
      return true;
    }
    RouteTable table = tables.current();
    AppProtocol called = TcpRouter.declaredInbound(table, endpoint);
    return switch (target.carries()) {
      case HTTP -> called == AppProtocol.HTTP || called == AppProtocol.UNDECLARED;
      case BYTES -> isNeverHttp1(called) || called == dialled(table, target);
    };
  }

  private static boolean isNeverHttp1(AppProtocol declared) {
    return switch (declared) {
      case HTTP, UNDECLARED -> false;
      case HTTP2, GRPC, TLS, TCP, UDP -> true;
    };
  }

  private static AppProtocol dialled(RouteTable table, UpstreamTarget target) {
    return TcpRouter.declaredOutbound(table, target.connection().originalDestination());
  }
}
