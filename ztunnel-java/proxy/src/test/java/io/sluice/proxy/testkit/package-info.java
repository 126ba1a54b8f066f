/**
 * What the proxy's tests share: doors onto loopback, servers that do as told, event loops that end
 * with the test, a watch for leaked buffers.
 *
 * <p>Everything is real sockets on 127.0.0.1; nothing here waits for a fixed time.
 */
@NullMarked
package io.sluice.proxy.testkit;

import org.jspecify.annotations.NullMarked;
