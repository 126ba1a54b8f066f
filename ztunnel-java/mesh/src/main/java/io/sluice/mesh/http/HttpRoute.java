package io.sluice.mesh.http;

import io.sluice.mesh.problem.ResourceRef;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One entry of a rule: the first whose matches hold wins.
 *
 * @param name shown in the access log and in config_dump: the route's own name, or its place such
 *     as {@code http[0]}
 * @param origin the resource that it was written in
 * @param matches one of them must hold; empty: matches everything
 * @param action what is done
 * @param timeout for the whole exchange over all attempts, from the request's first byte; empty:
 *     none
 * @param abort fault that comes before the action; above 0 %, neither timeout nor retries apply
 */
public record HttpRoute(
    String name,
    ResourceRef origin,
    List<HttpMatch> matches,
    HttpAction action,
    Optional<Duration> timeout,
    Optional<FaultAbort> abort) {
  public HttpRoute {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(origin, "origin");
    matches = List.copyOf(matches);
    Objects.requireNonNull(action, "action");
    if (timeout.isPresent() && !timeout.get().isPositive()) {
      throw new IllegalArgumentException(
          "timeout: " + timeout.get() + " (expected: > 0, or absent for none)");
    }
    Objects.requireNonNull(abort, "abort");
  }
}
