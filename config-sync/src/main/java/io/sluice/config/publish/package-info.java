/**
 * Keeps the last good version of each resource, has them compiled, and puts the result in force.
 *
 * <p><b>In:</b> the content of all files, after each change. <b>Out:</b> one {@link
 * io.sluice.mesh.RouteTable} in {@link io.sluice.mesh.RouteTables}, then the pod events that follow
 * from it. <b>Thread:</b> {@code sluice-config} alone. <b>Next room:</b> the proxy reads the table,
 * the agent reconciles the pods.
 */
@NullMarked
package io.sluice.config.publish;

import org.jspecify.annotations.NullMarked;
