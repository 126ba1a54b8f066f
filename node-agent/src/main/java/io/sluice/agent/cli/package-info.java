/**
 * What people type: {@code sluice run|status|doctor|demo}.
 *
 * <p><b>In:</b> arguments. <b>Out:</b> an exit status (0 done, 1 could not, 2 the command line is
 * wrong) and text: results on standard output, everything else on standard error. <b>Thread:</b>
 * main. <b>Next room:</b> {@code io.sluice.agent}, which {@code run} starts.
 */
@NullMarked
package io.sluice.agent.cli;

import org.jspecify.annotations.NullMarked;
