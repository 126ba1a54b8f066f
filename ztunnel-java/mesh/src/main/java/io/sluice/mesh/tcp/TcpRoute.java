package io.sluice.mesh.tcp;

import io.sluice.mesh.problem.ResourceRef;
import io.sluice.mesh.service.TrafficSplit;
import java.util.List;
import java.util.Objects;

/**
 * One entry of {@code tcp} or {@code tls} of a VirtualService: the first whose matches hold wins.
 *
 * @param name its place, such as {@code tcp[0]}
 * @param origin the resource that it was written in
 * @param matches one of them must hold; empty: matches everything
 * @param split where its connections go
 */
public record TcpRoute(
    String name, ResourceRef origin, List<TcpMatch> matches, TrafficSplit split) {
  public TcpRoute {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(origin, "origin");
    matches = List.copyOf(matches);
    Objects.requireNonNull(split, "split");
  }
}
