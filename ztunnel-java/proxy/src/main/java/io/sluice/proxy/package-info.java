/**
 * The proxy. {@code ProxyPipeline} is the map: the rooms composed, top to bottom, in the order in
 * which a connection walks through them.
 *
 * <p>In: sockets accepted inside pods, the route table, doors. Out: the same bytes at the right
 * endpoint in time, and meters. It knows nothing of BPF, Kubernetes or files.
 */
@NullMarked
package io.sluice.proxy;

import org.jspecify.annotations.NullMarked;
