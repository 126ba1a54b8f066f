/**
 * Who calls and who is called: workloads, and the pods of this node that take part.
 *
 * <p>In: nothing. Out: {@link io.sluice.mesh.workload.Workload} (identity and labels as metrics
 * show them) and {@link io.sluice.mesh.workload.PodEvent} (the messages by which a source of pods
 * tells the agent what to enrol). Pure records; any thread.
 */
@NullMarked
package io.sluice.mesh.workload;

import org.jspecify.annotations.NullMarked;
