package io.sluice.agent;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.doors.PodSockets;
import io.sluice.proxy.doors.ResolverFiles;
import io.sluice.proxy.intercept.PodContext;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A pod as a plain listener needs it: identity and labels of the one that is meant, but sockets and
 * names of the agent itself. Event loops.
 */
final class StandIn implements Supplier<Workload> {
  private record Found(long generation, Workload workload) {}

  private final RouteTables tables;
  private final PlainListener listener;
  private volatile Found found;

  private StandIn(PlainListener listener, RouteTables tables) {
    this.tables = tables;
    this.listener = listener;
    this.found = find(tables.current());
  }

  static PodContext of(PlainListener listener, RouteTables tables) {
    return new PodContext(
        "plain " + listener,
        new StandIn(listener, tables),
        new OwnNamespace(),
        ResolverFiles.MACHINE);
  }

  /** Looked for once a table, which is as long as there are pods in the mesh. */
  @Override
  public Workload get() {
    RouteTable table = tables.current();
    Found last = found;
    if (last.generation() != table.generation()) {
      last = find(table);
      found = last;
    }
    return last.workload();
  }

  private Found find(RouteTable table) {
    return new Found(
        table.generation(),
        table.workloadsByAddress().values().stream()
            .filter(each ->
                each.namespace().equals(listener.namespace())
                    && each.podName().equals(listener.pod()))
            .findFirst()
            .orElseGet(this::unknown));
  }

  /** The configuration does not name the pod, or not its address. */
  private Workload unknown() {
    return new Workload(
        listener.namespace(), listener.pod(), listener.pod(), Map.of(), "default", "Kubernetes");
  }

  /** The calling thread's, which is the agent's but for the moment in which a pod's is entered. */
  private static final class OwnNamespace implements PodSockets {
    @Override
    public <C> C open(Supplier<C> constructor) {
      return constructor.get();
    }
  }
}
