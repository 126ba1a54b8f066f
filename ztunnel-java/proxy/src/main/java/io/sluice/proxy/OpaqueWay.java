package io.sluice.proxy;

import io.netty.channel.EventLoop;
import io.sluice.mesh.RouteTable;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.route.ConnectionView;
import io.sluice.proxy.route.TcpDecision;
import io.sluice.proxy.route.TcpRouter;
import io.sluice.proxy.tcp.EarlyServer;
import io.sluice.proxy.tcp.TcpWay;
import io.sluice.proxy.telemetry.MeshTelemetry.TcpEdge;
import io.sluice.proxy.upstream.Acquired;
import io.sluice.proxy.upstream.UpstreamTarget;
import io.sluice.proxy.upstream.Upstreams;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Rooms 4 and 6 of one connection that is not HTTP, or that may not be: which cluster, and its
 * server, which may be open before it is known that it is needed. Event loop of the connection.
 */
final class OpaqueWay implements TcpWay {
  private final RouteTables tables;
  private final Upstreams upstreams;
  private final Supplier<? extends RandomGenerator> randoms;
  private final ConnectionEdges edges;
  private final InterceptedConnection connection;
  private final EventLoop loop;

  private Optional<String> sni = Optional.empty();
  private Optional<String> named = Optional.empty();
  private boolean asked;
  private @Nullable TcpDecision decision;
  private @Nullable EarlyServer early;

  /** What waits for a name's answer: anything that was begun later makes it void. */
  private int turn;

  OpaqueWay(
      RouteTables tables,
      Upstreams upstreams,
      Supplier<? extends RandomGenerator> randoms,
      ConnectionEdges edges,
      InterceptedConnection connection,
      EventLoop loop) {
    this.tables = tables;
    this.upstreams = upstreams;
    this.randoms = randoms;
    this.edges = edges;
    this.connection = connection;
    this.loop = loop;
  }

  /** The client says nothing: opens the server to which opaque bytes would go. */
  void openEarly(Runnable serverSpeaks) {
    decide(opaque -> {
      decision = opaque;
      EarlyServer opened = new EarlyServer(serverSpeaks);
      early = opened;
      opened.begin(upstreams, target(opaque), loop);
    });
  }

  /** It has become HTTP: requests find their own way. */
  void discardEarly() {
    turn++;
    dropEarly();
  }

  /** The client is gone before anything was detected. */
  void abandon() {
    turn++;
    EarlyServer opened = early;
    if (opened != null) {
      early = null;
      opened.reset();
    }
  }

  /** The client has named the server that it wants. */
  OpaqueWay to(Optional<String> serverName) {
    sni = serverName;
    return this;
  }

  @Override
  public Upstreams.Cancellation acquire(Consumer<Acquired> then) {
    EarlyServer opened = early;
    if (opened != null && sni.isEmpty()) {
      return opened.take(then);
    }
    Acquisition acquisition = new Acquisition(then);
    decide(acquisition::to);
    return acquisition;
  }

  @Override
  public TcpOptions options() {
    TcpDecision decided = decision;
    return decided == null ? TcpOptions.DEFAULT : decided.cluster().tcp();
  }

  @Override
  public TcpEdge edge(Optional<Endpoint> endpoint) {
    TcpDecision decided = decision;
    return edges.tcp(decided == null ? Optional.empty() : decided.service(), endpoint);
  }

  /** Calls back once, perhaps now; not when something else was begun meanwhile. */
  private void decide(Consumer<TcpDecision> then) {
    int mine = ++turn;
    RouteTable table = tables.current();
    switch (connection.direction()) {
      case INBOUND -> then.accept(TcpRouter.inbound(table, connection.originalDestination()));
      case OUTBOUND -> {
        List<String> hosts = asked ? List.of() : TcpRouter.namedHosts(table, view());
        if (hosts.isEmpty()) {
          then.accept(outbound());
          return;
        }
        // Nobody listens meanwhile to a server that is open already.
        dropEarly();
        upstreams.whose(
            connection.pod(),
            connection.originalDestination().getAddress(),
            hosts,
            loop,
            name -> {
              if (turn == mine) {
                asked = true;
                named = name;
                then.accept(outbound());
              }
            });
      }
    }
  }

  private void dropEarly() {
    EarlyServer opened = early;
    if (opened != null) {
      early = null;
      opened.discard();
    }
  }

  private TcpDecision outbound() {
    return TcpRouter.outbound(tables.current(), view(), randoms.get());
  }

  private ConnectionView view() {
    Workload client = connection.pod().workload();
    return new ConnectionView(
        connection.originalDestination(), sni, named, client.namespace(), client.labels());
  }

  private UpstreamTarget target(TcpDecision to) {
    return new UpstreamTarget(to.cluster(), connection, false);
  }

  /** One call of {@code acquire}, from the question of the name on. */
  private final class Acquisition implements Upstreams.Cancellation {
    private final Consumer<Acquired> then;
    private Upstreams.@Nullable Cancellation running;

    Acquisition(Consumer<Acquired> then) {
      this.then = then;
    }

    void to(TcpDecision now) {
      TcpDecision before = decision;
      decision = now;
      EarlyServer opened = early;
      early = null;
      if (opened == null) {
        running = upstreams.acquire(target(now), loop, then);
      } else if (before != null && before.cluster().id().equals(now.cluster().id())) {
        running = opened.take(then);
      } else {
        opened.discard();
        running = upstreams.acquire(target(now), loop, then);
      }
    }

    @Override
    public void cancel() {
      turn++;
      Upstreams.Cancellation begun = running;
      if (begun != null) {
        begun.cancel();
      }
    }
  }
}
