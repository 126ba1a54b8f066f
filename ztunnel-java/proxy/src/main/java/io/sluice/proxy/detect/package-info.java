/**
 * Room 3: what a connection speaks.
 *
 * <p>In: what the port declares, else the first bytes, or the news that the server spoke first.
 * Out: {@link io.sluice.proxy.detect.Detected}, for TLS with the server name, and the bytes that
 * were read. The parsers are pure; the handler waits on the connection's event loop: for silence to
 * end as long as both sides like, for bytes that can be two things for a limited time. Next: route
 * (HTTP/1) or the relay (the rest).
 */
@NullMarked
package io.sluice.proxy.detect;

import org.jspecify.annotations.NullMarked;
