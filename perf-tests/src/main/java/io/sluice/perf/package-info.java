/**
 * Benchmarks of the pure rooms, and load against peers in one run.
 *
 * <p><b>In:</b> the public doors of proxy and config-sync. <b>Out:</b> figures, each with its
 * baseline, its command line and the machine that it was measured on. <b>Thread:</b> those of the
 * benchmark harness. <b>Next room:</b> none.
 */
@NullMarked
package io.sluice.perf;

import org.jspecify.annotations.NullMarked;
