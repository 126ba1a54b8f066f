package io.sluice.proxy.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.fault.ResponseFlag;
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
  private final Function<Failure, ResponseFlag> flags;

  /**
   * @param flags how telemetry names a failure to connect
   */
  public TcpRelay(TcpSettings settings, Function<Failure, ResponseFlag> flags) {
    this.settings = settings;
    this.flags = flags;
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
}
