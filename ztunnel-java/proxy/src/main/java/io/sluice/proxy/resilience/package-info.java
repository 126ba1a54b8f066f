/**
 * Room 5: how long an exchange may take, and whether it is let through at all.
 *
 * <p>In: a route's timeout and abort, the clock's reading, a random number. Out: a {@link
 * io.sluice.proxy.resilience.Deadline} and {@link io.sluice.proxy.resilience.Admission}. Pure: the
 * clock and the randomness are handed in; no Netty. Any thread. Next: upstream.
 */
@NullMarked
package io.sluice.proxy.resilience;

import org.jspecify.annotations.NullMarked;
