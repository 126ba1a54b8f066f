package io.sluice.proxy.upstream;

import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/** Asks DNS servers for names, and remembers no answer. On one event loop. */
interface DnsQuestions {
  /**
   * @param conf whom to ask, and with which search list
   * @param host lower case; a dot at its end: absolute
   * @param then called once, on the loop, possibly before this method returns; not after {@link
   *     #close}
   */
  void ask(ResolverConf conf, String host, Consumer<Answer> then);

  /** Gives up what is asked; done when the last socket is closed. */
  Future<?> close();

  /** How it ended. */
  sealed interface Answer {
    DnsResult result();

    /**
     * @param addresses at least one
     * @param ttlSeconds the smallest of all
     */
    record Found(List<InetAddress> addresses, long ttlSeconds) implements Answer {
      @Override
      public DnsResult result() {
        return DnsResult.ANSWERED;
      }
    }

    /** DNS says that there is no address: the name does not exist, or has none. */
    record Absent(DnsResult result, String reason) implements Answer {}

    /** Nothing was learned. */
    record Unanswered(DnsResult result, String reason) implements Answer {}
  }
}
