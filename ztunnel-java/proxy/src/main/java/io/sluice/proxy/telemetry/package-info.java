/**
 * Room 7: counts what happened.
 *
 * <p>In: an {@link io.sluice.proxy.telemetry.Edge} per connection or route, then one call per
 * finished exchange and per change of a TCP connection. Out: Istio's metrics. Meters are resolved
 * once per edge and outcome, never per request. Called on event loops; wait-free. Last room.
 */
@NullMarked
package io.sluice.proxy.telemetry;

import org.jspecify.annotations.NullMarked;
