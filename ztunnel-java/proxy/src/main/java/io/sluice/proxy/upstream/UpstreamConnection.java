package io.sluice.proxy.upstream;

import io.netty.channel.Channel;
import io.sluice.mesh.service.Endpoint;
import io.sluice.proxy.doors.LocalPod;
import java.util.Optional;

/** A connected channel that is lent to one exchange at a time. Event loop of the channel only. */
public interface UpstreamConnection {
  /**
   * The channel; auto-read is off (one read may have been asked for already), the pipeline ends
   * (after TLS) with nothing: the borrower adds its handlers behind, once. On a reused connection
   * the handlers of the former borrower are still there; they see {@code channelInactive}, but no
   * bytes, if it ends while nobody has it.
   */
  Channel channel();

  /** Which endpoint it leads to. */
  Endpoint endpoint();

  /**
   * The pod of this machine whose app it leads to without another pass through the proxy: its side
   * is the borrower's to count, too.
   *
   * @return empty: the other end is elsewhere, takes no part, or is counted for elsewhere
   */
  Optional<LocalPod> straightTo();

  /**
   * Whether an earlier exchange has used it: then a failure before the first response byte may only
   * mean that it was stale.
   */
  boolean reused();

  /**
   * Gives it back in a state in which a next request may be written; closed instead where it may
   * not be pooled.
   */
  void release();

  /** Closes it; it carries unfinished business. */
  void discard();
}
