/**
 * What is done with an HTTP request: hosts, routes, matches, actions.
 *
 * <p>In: {@code service} (clusters that routes forward to). Out: {@link
 * io.sluice.mesh.http.HostRules}, found through the route table and evaluated by the proxy's route
 * room. All names are fully qualified and lower case, all defaults are filled in, all references
 * are resolved: whoever evaluates needs no second look-up. Pure records; any thread.
 */
@NullMarked
package io.sluice.mesh.http;

import org.jspecify.annotations.NullMarked;
