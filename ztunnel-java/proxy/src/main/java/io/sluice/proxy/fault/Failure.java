package io.sluice.proxy.fault;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Why an exchange or a TCP connection can't go on as its client wants. Expected outcomes, so values
 * and not exceptions.
 */
public sealed interface Failure {
  /** The cluster has no endpoint that could be dialled. */
  record NoEndpoint(String cluster) implements Failure {}

  /** DNS gave no address. */
  record NameNotResolved(String host, String reason) implements Failure {}

  /** The endpoint answered the SYN with a reset: nobody listens there. */
  record ConnectRefused(InetSocketAddress endpoint) implements Failure {}

  /** No route to the endpoint, network down, address not available and the like. */
  record Unreachable(InetSocketAddress endpoint, String reason) implements Failure {}

  /** Neither accepted nor refused in time. */
  record ConnectTimeout(InetSocketAddress endpoint, Duration limit) implements Failure {}

  /** TLS could not be agreed on: expired, wrong name, unknown CA, no TLS there at all. */
  record TlsFailed(InetSocketAddress endpoint, String reason) implements Failure {}

  /** The upstream closed or reset before the response was complete. */
  record UpstreamClosed(InetSocketAddress endpoint, boolean reset) implements Failure {}

  /** What came from the upstream is not HTTP. */
  record UpstreamProtocolError(InetSocketAddress endpoint, String reason) implements Failure {}

  /** The route's timeout ran out; {@code route} is named so that its author can be found. */
  record RouteTimeout(String route, Duration timeout) implements Failure {}

  /** The host has rules and none matches. */
  record NoRoute(String host) implements Failure {}

  /** Nothing is known of the host at this port, and there is no original destination to try. */
  record UnknownHost(String host, int port) implements Failure {}

  /** A rule's abort; {@code route} is named so that its author can be found. */
  record AbortInjected(String route, int status) implements Failure {}

  /** A rule names a target that does not exist, so it answers by itself. */
  record UnusableRoute(String route, int status, String reason) implements Failure {}

  /** The client's request is not HTTP or breaks a limit; the status says which. */
  record BadRequest(int status, String reason) implements Failure {}

  /** The client went away. */
  record ClientGone() implements Failure {}

  /** The pod was let go of while the exchange ran. */
  record PodGone(String pod) implements Failure {}
}
