/**
 * The HTTP/1 exchange: one request with its response, over all attempts.
 *
 * <p>In: an accepted connection that speaks HTTP/1, a {@link io.sluice.proxy.http.HttpPlan} for
 * each request, upstream connections. Out: the same request upstream and the same response
 * downstream, streamed piece by piece as the other side takes them, or an answer of our own; one
 * count in telemetry. Both channels live on one event loop, and all of this runs there.
 *
 * <pre>
 *  client  --bytes-->  RequestDecoder --> DownstreamHandler --> Exchange --> UpstreamHandler  --bytes-->  upstream
 *          <--bytes--  DownstreamHandler <--------------------- Exchange <-- UpstreamHandler <-- ResponseDecoder <--bytes--
 * </pre>
 *
 * Pull, not push: a decoder decodes one message head or piece of body only after the exchange has
 * asked for it ({@code demand()}), and the exchange asks when the other side is writable. Bytes
 * that came meanwhile (pipelined requests) stay undecoded: one read at most, also while an answer
 * is awaited.
 *
 * <p>A head is parsed once, in {@code io.sluice.proxy.http.head}, and what did not change of it
 * goes on as the bytes that came; so does a body, whose framing is checked on the way. The exchange
 * decides; RequestSide and ResponseSide know how far the two messages have come, Heads writes what
 * changes in them, an Attempt has one upstream connection, Outgoing is what waits to be written,
 * and after an upgrade a Tunnel takes both channels over. Next: telemetry.
 */
@NullMarked
package io.sluice.proxy.http;

import org.jspecify.annotations.NullMarked;
