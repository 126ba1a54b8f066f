/**
 * Room 2: an accepted socket becomes an {@link io.sluice.proxy.intercept.InterceptedConnection}.
 *
 * <p>In: sockets accepted by a pod's outbound and inbound listeners. Out: where the app wanted to
 * go, who calls, which pod's namespace it happens in. On the accepted socket's event loop, on which
 * everything of the connection stays. Next: detect.
 */
@NullMarked
package io.sluice.proxy.intercept;

import org.jspecify.annotations.NullMarked;
