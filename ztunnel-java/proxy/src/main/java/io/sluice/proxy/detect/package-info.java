/**
 * Room 3: what a connection speaks.
 *
 * <p>In: what the port declares, else the first bytes. Out: {@link
 * io.sluice.proxy.detect.Protocol}. The parser is pure; the handler waits on the connection's event
 * loop, for a limited time. Next: route (HTTP/1) or straight to upstream (the rest).
 */
@NullMarked
package io.sluice.proxy.detect;

import org.jspecify.annotations.NullMarked;
