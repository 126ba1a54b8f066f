/**
 * Which pods take part: messages from the source of pods come in, one {@code reconcile()} makes the
 * machine so.
 *
 * <p><b>In:</b> {@link io.sluice.mesh.workload.PodEvent}s on the source's thread, folded at once
 * into what is wanted. <b>Out:</b> enrolled pods (namespace, datapath entries, listeners), their
 * addresses back to the source, their state for the admin pages. A pod that fails is kept with its
 * reason and tried again, while the others go on. <b>Thread:</b> {@code sluice-enrol} does all that
 * blocks. <b>Next room:</b> {@code io.sluice.agent.kernel} and the proxy, behind {@link
 * io.sluice.agent.enrol.Enroller}.
 */
@NullMarked
package io.sluice.agent.enrol;

import org.jspecify.annotations.NullMarked;
