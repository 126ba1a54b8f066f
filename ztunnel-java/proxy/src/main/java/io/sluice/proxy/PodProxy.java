package io.sluice.proxy;

import java.time.Duration;
import java.util.List;

/** The listeners and connections of one enrolled pod. Any thread but event loops. */
public interface PodProxy extends AutoCloseable {
  /** As they were opened, in that order; also after they are closed. */
  List<PodListener> listeners();

  /**
   * Opens the listeners for IPv6, unless they are open: the pod has got an IPv6 address. Those that
   * are open stay as they are. Blocks for the time of a few system calls; one thread at a time.
   *
   * @throws Proxy.NotOpenedException when one can't be opened; then none is
   */
  void takeIp6();

  /** Accepted connections that are open now. */
  int connections();

  /**
   * Ends gently: what waits in the backlog is still accepted, then nothing more; each HTTP response
   * says {@code Connection: close}, idle connections close at once. Blocks until all have gone or
   * the limit is over; what is left then stays, for {@link #close}.
   *
   * @param limit not negative
   */
  void drain(Duration limit);

  /** Every listener, accepted and upstream socket of the pod is reset, at once. Idempotent. */
  @Override
  void close();
}
