/**
 * Looks whether this machine can run Sluice: what is there, what is missing, what to do about it.
 *
 * <p><b>In:</b> {@code /proc}, {@code /sys}, the Java runtime, and a real attempt at each BPF hook.
 * <b>Out:</b> {@link io.sluice.agent.doctor.Finding findings}, each with a verdict and a cure.
 * Leaves nothing behind. <b>Thread:</b> main. <b>Next room:</b> none.
 */
@NullMarked
package io.sluice.agent.doctor;

import org.jspecify.annotations.NullMarked;
