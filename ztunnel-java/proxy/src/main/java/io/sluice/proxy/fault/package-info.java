/**
 * The fire exit: the only map from a failure to what the client sees and to the response flag that
 * says why.
 *
 * <p>In: a {@link io.sluice.proxy.fault.Failure}. Out: status, body and {@link
 * io.sluice.proxy.fault.ResponseFlag}. Pure; any thread. Next: the exchange writes the answer,
 * telemetry counts the flag. What is a bug of the proxy itself leaves by {@link
 * io.sluice.proxy.fault.OwnFaults}, into the log.
 */
@NullMarked
package io.sluice.proxy.fault;

import org.jspecify.annotations.NullMarked;
