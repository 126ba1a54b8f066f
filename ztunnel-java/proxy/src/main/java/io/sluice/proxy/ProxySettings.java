package io.sluice.proxy;

import io.sluice.proxy.http.HttpLimits;
import io.sluice.proxy.tcp.TcpSettings;
import io.sluice.proxy.transport.Transport;
import io.sluice.proxy.upstream.UpstreamSettings;
import java.util.Objects;

/**
 * The proxy's limits. What depends on a service comes from the route table instead.
 *
 * @param eventLoops threads, 1..256
 * @param backlogMax connections that wait to be accepted, a listener; more are dropped by the
 *     kernel, and their clients try again
 * @param detectMillis how long first bytes are held that can be two things, from the first of them
 *     on; then the connection is opaque; ≥ 1
 * @param serverFirstMillis after how much silence of a client its server is opened, because it may
 *     be the one to speak first; ≥ 1
 * @param http limits of an HTTP connection
 * @param tcp limits of an opaque connection
 * @param upstream limits of the other side; also says how sockets are driven
 */
public record ProxySettings(
    int eventLoops,
    int backlogMax,
    long detectMillis,
    long serverFirstMillis,
    HttpLimits http,
    TcpSettings tcp,
    UpstreamSettings upstream) {
  public static final int EVENT_LOOPS_MAX = 256;

  public ProxySettings {
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
    if (serverFirstMillis < 1) {
      throw new IllegalArgumentException(
          "serverFirstMillis: " + serverFirstMillis + " (expected: >= 1)");
    }
    Objects.requireNonNull(http, "http");
    Objects.requireNonNull(tcp, "tcp");
    Objects.requireNonNull(upstream, "upstream");
  }

  /** One loop a core, epoll. */
  public static ProxySettings defaults() {
    int loops = Math.min(EVENT_LOOPS_MAX, Runtime.getRuntime().availableProcessors());
    return new ProxySettings(
        loops,
        4096,
        100,
        10,
        HttpLimits.DEFAULTS,
        TcpSettings.DEFAULT,
        UpstreamSettings.defaults(Transport.EPOLL));
  }

  public Transport transport() {
    return upstream.transport();
  }

  public ProxySettings withTransport(Transport other) {
    UpstreamSettings moved =
        new UpstreamSettings(
            other,
            upstream.idlePerEndpointMax(),
            upstream.idlePerLoopMax(),
            upstream.idleTimeout(),
            upstream.connectTriesMax(),
            upstream.dns(),
            upstream.tls());
    return new ProxySettings(
        eventLoops, backlogMax, detectMillis, serverFirstMillis, http, tcp, moved);
  }

  public ProxySettings withHttp(HttpLimits other) {
    return new ProxySettings(
        eventLoops, backlogMax, detectMillis, serverFirstMillis, other, tcp, upstream);
  }

  public ProxySettings withDetectMillis(long other) {
    return new ProxySettings(eventLoops, backlogMax, other, serverFirstMillis, http, tcp, upstream);
  }

  public ProxySettings withServerFirstMillis(long other) {
    return new ProxySettings(eventLoops, backlogMax, detectMillis, other, http, tcp, upstream);
  }

  public ProxySettings withEventLoops(int other) {
    return new ProxySettings(
        other, backlogMax, detectMillis, serverFirstMillis, http, tcp, upstream);
  }
}
