package io.sluice.proxy.detect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.sluice.mesh.service.AppProtocol;

/**
 * Decides what a connection speaks: by what its port declares, else by its first bytes, or by a
 * server that speaks before its client.
 *
 * <pre>
 *   nothing for serverFirstMillis   -&gt; silent: the server is opened; whoever speaks first decides
 *   bytes that can be two things    -&gt; held for limitMillis since the first, then opaque
 *   the client's end                -&gt; decided by what came
 * </pre>
 */
public final class Detection {
  /** What becomes of a connection that is looked at. On its event loop. */
  public interface Outcome {
    /**
     * The client says nothing; it may be waiting for its server. Called once at most, and not where
     * clients must speak first.
     *
     * @param serverSpeaks to be run on the event loop when the server speaks, ends or can't be
     *     reached: then {@link #detected} follows at once. Does nothing once something was detected
     */
    void silent(Runnable serverSpeaks);

    /**
     * Called once, unless {@link #gone} is. The client's end of input, or its reset, comes through
     * the pipeline afterwards, to handlers that were added here.
     *
     * @param first what was read so far; the receiver's from now on, unless it throws: then the
     *     connection is closed, and {@link #gone} follows
     */
    void detected(Detected protocol, ByteBuf first);

    /** The connection was closed before anything was detected and taken over. */
    void gone();
  }

  private final long limitMillis;
  private final long serverFirstMillis;

  /**
   * @param limitMillis how long bytes are held that can be two things, from the first byte on;
   *     positive
   * @param serverFirstMillis after how much silence the client may be waiting for its server;
   *     positive
   */
  public Detection(long limitMillis, long serverFirstMillis) {
    this.limitMillis = limitMillis;
    this.serverFirstMillis = serverFirstMillis;
  }

  /**
   * @param channel auto-read off, half-closure allowed
   * @param declared of the port that was dialled
   * @param port of the original destination
   * @param outcome called at once when nothing has to be read
   */
  public void detect(Channel channel, AppProtocol declared, int port, Outcome outcome) {
    switch (Look.of(declared, port)) {
      case Look.Not(Detected known) -> outcome.detected(known, Unpooled.EMPTY_BUFFER);
      case Look.At(Look.Expected expected) ->
          channel
              .pipeline()
              .addLast(
                  "detect", new SniffHandler(expected, limitMillis, serverFirstMillis, outcome));
    }
  }
}
