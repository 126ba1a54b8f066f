/**
 * Room 1: the compiled BPF programs, which steer connections and decide nothing else.
 *
 * <p><b>In:</b> the C sources of this module, compiled by the build. <b>Out:</b> the ELF objects as
 * bytes. <b>Thread:</b> any. <b>Next room:</b> {@code io.sluice.agent.kernel}, which loads them.
 */
@NullMarked
package io.sluice.bpf;

import org.jspecify.annotations.NullMarked;
