/**
 * Room 4: one table and one request's facts become one decision.
 *
 * <p>In: the {@link io.sluice.mesh.RouteTable} in force and a {@link
 * io.sluice.proxy.route.RequestView}, or a {@link io.sluice.proxy.route.ConnectionView} of what is
 * not HTTP. Out: {@link io.sluice.proxy.route.RouteDecision} or {@link
 * io.sluice.proxy.route.TcpDecision}. Pure: no clock, no I/O, no Netty; randomness is handed in.
 * Any thread. Next: resilience.
 */
@NullMarked
package io.sluice.proxy.route;

import org.jspecify.annotations.NullMarked;
