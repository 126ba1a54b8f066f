package io.sluice.proxy.fault;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * The only map from a failure to what the client sees. Where a response has begun, a reset is all
 * that is left.
 */
public sealed interface FaultExit {
  /** Why, in Envoy's code. */
  ResponseFlag flag();

  /**
   * An answer of our own.
   *
   * @param status 200..599
   * @param body plain text of one line that names what failed
   * @param close the connection can't carry another request
   */
  record Answer(int status, String body, ResponseFlag flag, boolean close) implements FaultExit {}

  /** The connection is reset: nobody is there to read, or nobody may write any more. */
  record Reset(ResponseFlag flag) implements FaultExit {}

  static FaultExit of(Failure failure) {
    return switch (failure) {
      case Failure.NoEndpoint none ->
          answer(
              503,
              "no healthy upstream: " + none.cluster() + " has no endpoint",
              ResponseFlag.NO_HEALTHY_ENDPOINT);
      case Failure.NameNotResolved name ->
          answer(
              503,
              "no healthy upstream: DNS gave no address for "
                  + name.host()
                  + " ("
                  + name.reason()
                  + ")",
              ResponseFlag.NO_HEALTHY_ENDPOINT);
      case Failure.ConnectRefused refused ->
          connectFailed(refused.endpoint(), "connection refused, nothing listens there");
      case Failure.Unreachable unreachable ->
          connectFailed(unreachable.endpoint(), unreachable.reason());
      case Failure.ConnectTimeout timeout ->
          connectFailed(
              timeout.endpoint(),
              "no answer within "
                  + text(timeout.limit())
                  + ", maybe a NetworkPolicy drops the packets");
      case Failure.TlsFailed tls -> connectFailed(tls.endpoint(), "TLS failed: " + tls.reason());
      case Failure.UpstreamClosed closed -> upstreamClosed(closed);
      case Failure.UpstreamProtocolError error ->
          answer(
              502,
              "upstream protocol error: "
                  + text(error.endpoint())
                  + " does not answer in HTTP/1 ("
                  + error.reason()
                  + ")",
              ResponseFlag.UPSTREAM_PROTOCOL_ERROR);
      case Failure.RouteTimeout timeout ->
          answer(
              504,
              "upstream request timeout: route "
                  + timeout.route()
                  + " allows "
                  + text(timeout.timeout()),
              ResponseFlag.UPSTREAM_TIMEOUT);
      case Failure.NoRoute noRoute ->
          answer(
              404,
              "no route: the rules of host " + noRoute.host() + " match no such request",
              ResponseFlag.NO_ROUTE);
      case Failure.UnknownHost unknown ->
          answer(
              404,
              "no route: nothing is known of host '"
                  + unknown.host()
                  + "' at port "
                  + unknown.port()
                  + ", and this listener has no other destination",
              ResponseFlag.NO_ROUTE);
      case Failure.AbortInjected abort ->
          answer(
              abort.status(),
              "fault filter abort: by route " + abort.route(),
              ResponseFlag.FAULT_INJECTED);
      case Failure.UnusableRoute unusable ->
          answer(
              unusable.status(),
              "route " + unusable.route() + ": " + unusable.reason(),
              ResponseFlag.NO_ROUTE);
      case Failure.BadRequest bad ->
          new Answer(
              bad.status(), bad.reason() + "\n", ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR, true);
      case Failure.ClientGone _ -> new Reset(ResponseFlag.DOWNSTREAM_CLOSED);
      case Failure.PodGone _ -> new Reset(ResponseFlag.LOCAL_RESET);
    };
  }

  private static Answer connectFailed(InetSocketAddress endpoint, String reason) {
    return answer(
        503,
        "upstream connect error: " + text(endpoint) + ": " + reason,
        ResponseFlag.UPSTREAM_CONNECT_FAILED);
  }

  private static Answer upstreamClosed(Failure.UpstreamClosed closed) {
    return answer(
        503,
        "upstream connect error: "
            + text(closed.endpoint())
            + (closed.reset() ? " reset" : " closed")
            + " the connection before its response",
        ResponseFlag.UPSTREAM_CLOSED);
  }

  private static Answer answer(int status, String body, ResponseFlag flag) {
    return new Answer(status, body + "\n", flag, false);
  }

  private static String text(InetSocketAddress endpoint) {
    String host = endpoint.getAddress().getHostAddress();
    return host.indexOf(':') < 0
        ? host + ":" + endpoint.getPort()
        : "[" + host + "]:" + endpoint.getPort();
  }

  /** As a VirtualService writes it: {@code 1.5s}. */
  private static String text(Duration duration) {
    long millis = duration.toMillis();
    return millis % 1000 == 0
        ? millis / 1000 + "s"
        : millis < 1000 ? millis + "ms" : millis / 1000.0 + "s";
  }
}
