package io.sluice.proxy.fault;

import io.netty.channel.ChannelException;
import io.netty.handler.codec.CodecException;
import java.io.IOException;
import java.lang.System.Logger.Level;

/**
 * Tells what reached the end of a pipeline and is nobody's failure but ours. A peer that resets its
 * connection is no news; an exception out of a handler is a bug that would otherwise look like a
 * client that left.
 */
public final class OwnFaults {
  private static final System.Logger LOG = System.getLogger(OwnFaults.class.getName());

  private OwnFaults() {}

  /**
   * Logs the cause with its stack, unless the network is to blame. The connection is closed by the
   * caller, so there is at most one line a connection. Event loop.
   *
   * @param where the handler that caught it, as a reader of the log would look for it
   */
  public static void report(String where, Throwable cause) {
    if (!isOfTheNetwork(cause)) {
      LOG.log(
          Level.ERROR,
          "a fault in " + where + " ends one connection, others go on; please report it",
          cause);
    }
  }

  /** Resets, broken pipes, TLS alerts, and bytes that a decoder refused. */
  public static boolean isOfTheNetwork(Throwable cause) {
    return cause instanceof IOException
        || cause instanceof CodecException
        || cause instanceof ChannelException;
  }
}
