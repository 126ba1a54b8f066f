/**
 * HTTP/1 messages as bytes: RFC 9112, read strictly.
 *
 * <p>In: received bytes. Out: a {@link io.sluice.proxy.http.head.Head}, which is an index of
 * offsets into them, then the body's bytes as they came ({@link io.sluice.proxy.http.head.Body}
 * knows where they end). A head is written by copying the runs of bytes that did not change.
 * Strings are made of what somebody asks for, and of nothing else. Pure: no channel, no clock; a
 * parser with its head belongs to one connection. Next: the exchange of {@code
 * io.sluice.proxy.http}.
 */
@NullMarked
package io.sluice.proxy.http.head;

import org.jspecify.annotations.NullMarked;
