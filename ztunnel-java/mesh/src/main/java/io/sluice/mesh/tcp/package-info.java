/**
 * What is done with a connection that is not HTTP: hosts, routes, matches.
 *
 * <p>In: {@code service} (clusters that routes forward to). Out: {@link
 * io.sluice.mesh.tcp.TcpRules}, found through the route table by the service that was dialled or by
 * the TLS server name, and evaluated by the proxy's route room. All names are fully qualified and
 * lower case, all defaults are filled in, all references are resolved. Pure records; any thread.
 */
@NullMarked
package io.sluice.mesh.tcp;

import org.jspecify.annotations.NullMarked;
