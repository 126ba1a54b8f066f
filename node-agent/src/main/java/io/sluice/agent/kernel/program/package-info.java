/**
 * The datapath as a whole: {@code DatapathSpec} -> {@code LoadedDatapath} -> {@code
 * AttachedDatapath} -> a {@code PodDatapath} for each pod, and the order in which entries come and
 * go.
 *
 * <pre>
 *   spec.load()          object verified, maps exist, nothing is steered
 *   loaded.attach(dir)   hooks of the cgroup: names and sockops first, connect last
 *   attached.prepare()   a pod: sk_lookup attached, its ports known, nothing is steered
 *   pod.enable()         listeners, then addresses, then the pod's entry: now it is steered
 *   pod.close()          the same backwards
 * </pre>
 *
 * <p><b>In:</b> a namespace, its addresses, the proxy's listeners. <b>Out:</b> steered connections;
 * original destinations; counters. <b>Thread:</b> the enrolment thread, except {@code
 * OriginalDestinations} and {@code OwnSockets} (any event loop) and {@code counters()} (any).
 * <b>Next room:</b> {@code io.sluice.agent.enrol}, which decides when. Who owns what when the
 * process dies: docs/adr/0001.
 */
@NullMarked
package io.sluice.agent.kernel.program;

import org.jspecify.annotations.NullMarked;
