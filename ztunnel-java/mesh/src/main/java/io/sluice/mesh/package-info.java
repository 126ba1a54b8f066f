/**
 * The model: one immutable {@link io.sluice.mesh.RouteTable}, compiled by config-sync, published
 * with one volatile write through {@link io.sluice.mesh.RouteTables}, read by the proxy once per
 * request.
 *
 * <p>In: what config-sync compiled. Out: look-ups that allocate nothing beyond an Optional. No
 * dependencies, no clocks, no I/O. Writer: config-sync's one thread; readers: event loops.
 */
@NullMarked
package io.sluice.mesh;

import org.jspecify.annotations.NullMarked;
