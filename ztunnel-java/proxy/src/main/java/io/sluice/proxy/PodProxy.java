package io.sluice.proxy;

import java.time.Duration;
import java.util.List;

/** The listeners and connections of one enrolled pod. Any thread but event loops. */
public interface PodProxy extends AutoCloseable {
  /** As they were opened; also after they are closed. */
  List<PodListener> listeners();

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
