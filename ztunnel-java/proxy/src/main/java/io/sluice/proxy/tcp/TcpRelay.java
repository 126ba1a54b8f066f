package io.sluice.proxy.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.sluice.mesh.service.Endpoint;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.telemetry.MeshTelemetry.TcpEdge;
import io.sluice.proxy.upstream.Acquired;
import io.sluice.proxy.upstream.UpstreamTarget;
import io.sluice.proxy.upstream.Upstreams;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Couples accepted channels with upstream ones.
 *
 * <pre>
 *            read, as long as the other side takes it
 *   client ------------------------------------------&gt; server
 *          &lt;------------------------------------------
 *     FIN  --&gt; FIN, after the last byte      (each way by itself)
 *     RST  --&gt; RST, at once
 *     upstream refuses, is silent, is nowhere: client gets RST
 * </pre>
 */
public final class TcpRelay {
  private final TcpSettings settings;
  private final Upstreams upstreams;
  private final Function<Failure, ResponseFlag> flags;

  /**
   * @param flags how telemetry names a failure to connect
   */
  public TcpRelay(
      TcpSettings settings, Upstreams upstreams, Function<Failure, ResponseFlag> flags) {
    this.settings = settings;
    this.upstreams = upstreams;
    this.flags = flags;
  }

  /**
   * Couples with one cluster's server, which is dialled now. Else as {@link #couple(Channel,
   * ByteBuf, TcpWay)}.
   *
   * @param target with {@code reuse} false
   * @param edges the meters of the edge; asked once, with the endpoint that was connected to, or
   *     without when none was
   */
  public void couple(
      Channel client,
      ByteBuf alreadyRead,
      UpstreamTarget target,
      Function<Optional<Endpoint>, TcpEdge> edges) {
    if (target.reuse()) {
      alreadyRead.release();
      throw new IllegalArgumentException("target.reuse: true (expected: false for opaque bytes)");
    }
    couple(client, alreadyRead, new ToCluster(upstreams, client.eventLoop(), target, edges));
  }

  /**
   * Couples; the server may speak first. On the event loop of {@code client}, which is this room's
   * from now on.
   *
   * @param client accepted, auto-read off; no handler in its pipeline may take bytes or events. It
   *     should have had {@code ALLOW_HALF_CLOSURE} since it was accepted
   * @param alreadyRead what was read from it; passed on, and released here
   * @param way to its server
   */
  public void couple(Channel client, ByteBuf alreadyRead, TcpWay way) {
    assert client.eventLoop().inEventLoop();
    new Coupling(settings, client, way, flags).begin(alreadyRead);
  }

  private record ToCluster(
      Upstreams upstreams,
      EventLoop loop,
      UpstreamTarget target,
      Function<Optional<Endpoint>, TcpEdge> edges)
      implements TcpWay {
    @Override
    public Upstreams.Cancellation acquire(Consumer<Acquired> then) {
      return upstreams.acquire(target, loop, then);
    }

    @Override
    public TcpOptions options() {
      return target.cluster().tcp();
    }

    @Override
    public TcpEdge edge(Optional<Endpoint> endpoint) {
      return edges.apply(endpoint);
    }
  }
}
