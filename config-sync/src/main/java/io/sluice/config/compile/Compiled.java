package io.sluice.config.compile;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.workload.MeshPod;
import java.util.List;

/**
 * What came out of one compilation.
 *
 * @param table all rules
 * @param pods those that take part, sorted by uid
 * @param problems between resources: never {@code ERROR}, for each resource is valid by itself
 */
public record Compiled(RouteTable table, List<MeshPod> pods, List<Problem> problems) {
  public Compiled {
    pods = List.copyOf(pods);
    problems = List.copyOf(problems);
  }
}
