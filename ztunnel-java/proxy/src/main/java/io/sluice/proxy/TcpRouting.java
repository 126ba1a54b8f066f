package io.sluice.proxy;

import io.sluice.mesh.RouteTables;
import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.detect.Detected;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.route.ConnectionView;
import io.sluice.proxy.route.TcpDecision;
import io.sluice.proxy.route.TcpRouter;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * ROOM 4 for one connection that is not HTTP. The caller's side knows the rules, the called side
 * its app.
 *
 * @param randoms gives the calling thread's generator
 */
record TcpRouting(
    RouteTables tables,
    Supplier<? extends RandomGenerator> randoms,
    InterceptedConnection connection)
    implements OpaqueWay.Routing {

  @Override
  public List<String> namedHosts(Optional<Detected.Tls> tls) {
    return switch (connection.direction()) {
      case OUTBOUND -> TcpRouter.namedHosts(tables.current(), view(tls, Optional.empty()));
      case INBOUND -> List.of();
    };
  }

  @Override
  public TcpDecision decide(Optional<Detected.Tls> tls, Optional<String> named) {
    return switch (connection.direction()) {
      case OUTBOUND -> TcpRouter.outbound(tables.current(), view(tls, named), randoms.get());
      case INBOUND -> TcpRouter.inbound(tables.current(), connection.originalDestination());
    };
  }

  private ConnectionView view(Optional<Detected.Tls> tls, Optional<String> named) {
    Workload client = connection.pod().workload();
    return new ConnectionView(
        connection.originalDestination(),
        tls.flatMap(Detected.Tls::sni),
        named,
        tls.isPresent(),
        client.namespace(),
        client.labels());
  }
}
