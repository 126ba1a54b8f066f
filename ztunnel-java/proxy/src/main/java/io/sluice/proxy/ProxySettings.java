package io.sluice.proxy;

import io.sluice.proxy.http.HttpLimits;
import io.sluice.proxy.transport.Transport;
import java.util.Objects;

/**
 * The proxy's limits. What depends on a service comes from the route table instead.
 *
 * @param transport how sockets are driven
 * @param eventLoops threads, 1..256
 * @param backlogMax connections that wait to be accepted, a listener; more are dropped by the
 *     kernel, which the client retries
 * @param detectMillis how long the first bytes are waited for on a port that declares nothing; then
 *     the connection is opaque
 * @param http limits of an HTTP connection
 */
public record ProxySettings(
    Transport transport, int eventLoops, int backlogMax, long detectMillis, HttpLimits http) {
  public static final int EVENT_LOOPS_MAX = 256;

  public ProxySettings {
    Objects.requireNonNull(transport, "transport");
    if (eventLoops < 1 || eventLoops > EVENT_LOOPS_MAX) {
      throw new IllegalArgumentException(
          "eventLoops: " + eventLoops + " (expected: 1.." + EVENT_LOOPS_MAX + ")");
    }
    if (backlogMax < 1) {
      throw new IllegalArgumentException("backlogMax: " + backlogMax + " (expected: >= 1)");
    }
    if (detectMillis < 1) {
      throw new IllegalArgumentException("detectMillis: " + detectMillis + " (expected: >= 1)");
    }
    Objects.requireNonNull(http, "http");
  }

  /** One loop a core, epoll. */
  public static ProxySettings defaults() {
    int loops = Math.min(EVENT_LOOPS_MAX, Runtime.getRuntime().availableProcessors());
    return new ProxySettings(Transport.EPOLL, loops, 4096, 100, HttpLimits.DEFAULTS);
  }

  public ProxySettings withTransport(Transport other) {
    return new ProxySettings(other, eventLoops, backlogMax, detectMillis, http);
  }
}
