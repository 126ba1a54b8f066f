/**
 * Turns all resources into one route table: names are resolved, defaults filled in, endpoints
 * gathered. Pure: no clock, no I/O, no Kubernetes types; the same resources always give the same
 * table.
 *
 * <p><b>In:</b> {@code io.sluice.config.resource} records, each valid by itself. <b>Out:</b> {@link
 * io.sluice.config.compile.Compiled}: the table, the pods that take part, and what is wrong between
 * resources. Compiling never fails: a destination that does not exist answers 503 on its own route
 * and is reported. <b>Thread:</b> {@code sluice-config}. <b>Next room:</b> {@code
 * io.sluice.config.publish}.
 */
@NullMarked
package io.sluice.config.compile;

import org.jspecify.annotations.NullMarked;
