/**
 * What can be called: services, their ports, and the clusters of endpoints behind them.
 *
 * <p>In: {@code workload}. Out: {@link io.sluice.mesh.service.ServicePort} and {@link
 * io.sluice.mesh.service.Cluster}, which routes refer to and the proxy's upstream room dials. Pure
 * records; any thread.
 */
@NullMarked
package io.sluice.mesh.service;

import org.jspecify.annotations.NullMarked;
