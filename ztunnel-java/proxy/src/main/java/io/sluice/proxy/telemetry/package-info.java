/**
 * Room 7: counts what happened.
 *
 * <p>In: an {@link io.sluice.proxy.telemetry.Edge} per connection or route, then one call per
 * finished exchange and per change of a TCP connection. Out: Istio's metrics, exactly as dashboards
 * know them. Series are resolved once per edge and outcome, never per request. Called on event
 * loops; wait-free, and without allocation once an outcome has been seen. Read by whoever scrapes,
 * on an admin thread, which never makes an event loop wait. Last room.
 *
 * <pre>
 *  Edge --EdgeCache--&gt; handle --listed?--&gt; Series of the edge --(code, flag)--&gt; Cells of the outcome
 *         by identity     |                     ^                                      ^
 *                         +---- SeriesTable ----+      MeshCollector, at each scrape --+
 *                               by label values, within SeriesBudget; idle edges are dropped
 * </pre>
 */
@NullMarked
package io.sluice.proxy.telemetry;

import org.jspecify.annotations.NullMarked;
