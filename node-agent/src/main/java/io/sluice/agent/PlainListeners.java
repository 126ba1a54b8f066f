package io.sluice.agent;

import io.sluice.mesh.RouteTables;
import io.sluice.proxy.PodProxy;
import io.sluice.proxy.Proxy;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The plain listeners of a running agent. Main. */
final class PlainListeners implements AutoCloseable {

  private static final Logger LOG = System.getLogger(PlainListeners.class.getName());

  private final List<PodProxy> open = new ArrayList<>();
  private final Duration drain;

  private PlainListeners(Duration drain) {
    this.drain = drain;
  }

  /**
   * All or none.
   *
   * @param drain how long what they accepted may go on at the end, all together
   * @throws Proxy.NotOpenedException when one can't be opened
   */
  static PlainListeners open(
      List<PlainListener> wanted, Proxy proxy, RouteTables tables, Duration drain) {
    PlainListeners listeners = new PlainListeners(drain);
    try {
      wanted.forEach(each -> listeners.add(each, proxy, tables));
      return listeners;
    } catch (RuntimeException e) {
      listeners.open.forEach(PodProxy::close);
      throw e;
    }
  }

  private void add(PlainListener listener, Proxy proxy, RouteTables tables) {
    PodProxy opened = proxy.openPlain(StandIn.of(listener, tables), listener.address());
    open.add(opened);
    LOG.log(
        Level.INFO,
        "HTTP at "
            + listener.address().listen().getHostString()
            + ":"
            + opened.listeners().getFirst().port()
            + " is treated as if "
            + listener.namespace()
            + "/"
            + listener.pod()
            + " had sent it to port "
            + listener.address().destinationPort());
  }

  @Override
  public void close() {
    long end = System.nanoTime() + drain.toNanos();
    for (PodProxy each : open) {
      each.drain(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
    open.forEach(PodProxy::close);
  }
}
