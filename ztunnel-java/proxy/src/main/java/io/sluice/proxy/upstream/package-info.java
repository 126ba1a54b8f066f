/**
 * Room 6: from a cluster to a connection that can carry the request.
 *
 * <p>In: an {@link io.sluice.proxy.upstream.UpstreamTarget}. Out: {@link
 * io.sluice.proxy.upstream.Acquired}, a connected (and where asked for, TLS-secured) channel on the
 * caller's own event loop, or the reason why there is none. Endpoint choice, DNS, connect, TLS and
 * the pool of idle HTTP connections live here; so does another endpoint when one refuses or is
 * silent, within a limited number of tries and of connect timeouts. Each event loop has a pool and
 * TLS contexts of its own; what is known of names is one cache per pod, which one loop fills and
 * all read. TLS contexts are built on the thread {@code sluice-upstream}, pods' files read on
 * {@code sluice-files-N}. Next: the exchange (or the TCP relay) uses the channel.
 */
@NullMarked
package io.sluice.proxy.upstream;

import org.jspecify.annotations.NullMarked;
