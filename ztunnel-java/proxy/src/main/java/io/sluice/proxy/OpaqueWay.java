package io.sluice.proxy;

import io.netty.channel.Channel;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.proxy.detect.Detected;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.route.TcpDecision;
import io.sluice.proxy.tcp.EarlyServer;
import io.sluice.proxy.tcp.TcpWay;
import io.sluice.proxy.telemetry.MeshTelemetry.TcpEdge;
import io.sluice.proxy.upstream.Acquired;
import io.sluice.proxy.upstream.UpstreamConnection;
import io.sluice.proxy.upstream.UpstreamTarget;
import io.sluice.proxy.upstream.Upstreams;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Rooms 4 and 6 of one connection that is not HTTP, or that may not be: which cluster, and its
 * server, which may be open before it is known that it is needed. Event loop of the connection.
 *
 * <pre>
 *   openEarly   a silent client: name behind the address? --&gt; cluster --&gt; server
 *   then one of
 *     acquire       not TLS: that server, or the same steps now
 *     of, acquire   TLS: that server if it is of the right cluster, else another
 *     discardEarly  it is HTTP
 *     abandon       the client is gone
 * </pre>
 */
final class OpaqueWay implements TcpWay {
  /** Decides where one connection goes. */
  interface Routing {
    /** The hosts of which one may be behind the address, to be asked of DNS first; mostly none. */
    List<String> namedHosts(Optional<Detected.Tls> tls);

    /**
     * @param tls present when it is TLS
     * @param named the host behind the address
     */
    TcpDecision decide(Optional<Detected.Tls> tls, Optional<String> named);
  }

  private final Routing routing;
  private final Upstreams upstreams;
  private final ConnectionEdges edges;
  private final InterceptedConnection connection;
  private final Channel client;

  private Optional<Detected.Tls> tls = Optional.empty();
  private Optional<String> named = Optional.empty();
  private boolean asked;
  private @Nullable TcpDecision decision;
  private @Nullable EarlyServer early;

  /** Whoever waits for a name's answer has one; what was begun later makes it void. */
  private int turn;

  OpaqueWay(
      Routing routing,
      Upstreams upstreams,
      ConnectionEdges edges,
      InterceptedConnection connection,
      Channel client) {
    this.routing = routing;
    this.upstreams = upstreams;
    this.edges = edges;
    this.connection = connection;
    this.client = client;
  }

  /** The client says nothing: opens the server to which opaque bytes would go. */
  void openEarly(Runnable serverSpeaks) {
    decide(opaque -> {
      decision = opaque;
      EarlyServer opened = new EarlyServer(target(opaque), client.eventLoop(), serverSpeaks);
      early = opened;
      opened.begin(upstreams);
    });
  }

  /** It has become HTTP: requests find their own way. */
  void discardEarly() {
    turn++;
    EarlyServer opened = takeEarly();
    if (opened != null) {
      opened.discard();
    }
  }

  /** The client is gone before anything was detected. */
  void abandon() {
    turn++;
    EarlyServer opened = takeEarly();
    if (opened != null) {
      opened.reset();
    }
  }

  /** It is TLS. */
  OpaqueWay of(Detected.Tls hello) {
    tls = Optional.of(hello);
    return this;
  }

  @Override
  public Upstreams.Cancellation acquire(Consumer<Acquired> then) {
    if (early != null && tls.isEmpty()) {
      // Nothing is known now that was not known when it was opened; nor is chance asked again.
      EarlyServer opened = early;
      early = null;
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
  public TcpEdge edge(Optional<UpstreamConnection> upstream) {
    TcpDecision decided = decision;
    Optional<ServiceId> service = decided == null ? Optional.empty() : decided.service();
    return upstream.isPresent()
        ? edges.tcpOver(service, upstream.get())
        : edges.tcp(service, Optional.empty());
  }

  /** Calls back once, perhaps now; not when something else was begun meanwhile. */
  private void decide(Consumer<TcpDecision> then) {
    try {
      askAndDecide(then);
    } catch (RuntimeException e) {
      abandon();
      throw e;
    }
  }

  private void askAndDecide(Consumer<TcpDecision> then) {
    int mine = ++turn;
    List<String> hosts = asked ? List.of() : routing.namedHosts(tls);
    if (hosts.isEmpty()) {
      then.accept(routing.decide(tls, named));
      return;
    }
    EarlyServer unheard = takeEarly();
    if (unheard != null) {
      // Nobody would listen to it while the question is open.
      unheard.discard();
    }
    upstreams.whose(
        connection.pod(),
        connection.originalDestination().getAddress(),
        hosts,
        client.eventLoop(),
        name -> {
          if (turn == mine) {
            answered(name, then);
          }
        });
  }

  private void answered(Optional<String> name, Consumer<TcpDecision> then) {
    asked = true;
    named = name;
    try {
      then.accept(routing.decide(tls, name));
    } catch (RuntimeException e) {
      // Who asks DNS would not know whose connection it is.
      abandon();
      client.pipeline().fireExceptionCaught(e);
    }
  }

  private @Nullable EarlyServer takeEarly() {
    EarlyServer opened = early;
    early = null;
    return opened;
  }

  /** To the same endpoints, and not in TLS of ours where the client speaks TLS itself. */
  private static boolean mayCarry(Cluster opened, Cluster now) {
    return opened.id().equals(now.id()) && opened.tls().equals(now.tls());
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
      EarlyServer opened = takeEarly();
      if (opened != null && before != null && mayCarry(before.cluster(), now.cluster())) {
        running = opened.take(then);
        return;
      }
      if (opened != null) {
        opened.discard();
      }
      running = upstreams.acquire(target(now), client.eventLoop(), then);
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
