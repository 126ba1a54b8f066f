/**
 * The opaque room: two sockets coupled so that each side sees of the other what it would see
 * without a proxy.
 *
 * <p>In: an accepted channel that is not HTTP (or may not be looked into), what was read from it
 * already, and a {@link io.sluice.proxy.tcp.TcpWay} to its server. Out: its bytes at the endpoint,
 * and back; ends, half-ends and resets too; byte counts to telemetry; an end when nothing moves for
 * as long as the cluster says. On the accepted socket's event loop, the upstream side included.
 * Last room of such a connection.
 */
@NullMarked
package io.sluice.proxy.tcp;

import org.jspecify.annotations.NullMarked;
