package io.sluice.proxy.upstream;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.proxy.doors.LocalPod;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Knows which connections need no second pass: the pod at their other end is enrolled on this
 * machine, and the pass of its own would find nothing that the caller's pass did not. On the event
 * loop of the dial; must not block.
 */
public interface StraightWay {
  /** Each connection is taken in on each side by itself. */
  StraightWay NONE =
      new StraightWay() {
        @Override
        public Optional<LocalPod> to(UpstreamTarget target, InetSocketAddress endpoint) {
          return Optional.empty();
        }

        @Override
        public ChannelHandler meter(
            UpstreamTarget target, InetSocketAddress endpoint, LocalPod called) {
          return new ChannelInboundHandlerAdapter();
        }
      };

  /**
   * Asked once a dial.
   *
   * @param endpoint of the target's cluster
   * @return whose app may accept the connection by itself
   */
  Optional<LocalPod> to(UpstreamTarget target, InetSocketAddress endpoint);

  /**
   * Counts what the called side would have seen of a connection on which TLS is added here: nothing
   * but bytes, so the borrowers can't.
   *
   * @param called has accepted it
   * @return becomes the first handler of the connected channel
   */
  ChannelHandler meter(UpstreamTarget target, InetSocketAddress endpoint, LocalPod called);
}
