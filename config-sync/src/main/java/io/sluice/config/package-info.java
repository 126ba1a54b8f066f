/**
 * Configuration: watch resources, translate them into the model, compile it, publish the table.
 *
 * <p><b>In:</b> Kubernetes objects, from informers or from a directory of the same YAML.
 * <b>Out:</b> a route table with its generation, and a report on every resource that is wrong.
 * <b>Thread:</b> the one writer of configuration, never an event loop. <b>Next room:</b> {@code
 * io.sluice.mesh}, which the proxy reads.
 */
@NullMarked
package io.sluice.config;

import org.jspecify.annotations.NullMarked;
