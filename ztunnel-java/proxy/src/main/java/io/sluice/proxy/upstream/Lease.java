package io.sluice.proxy.upstream;

import io.netty.channel.Channel;
import io.sluice.mesh.service.Endpoint;
import io.sluice.proxy.doors.LocalPod;
import java.util.Optional;

/** One loan of a channel; ends once, by the borrower or with the channel. */
final class Lease implements UpstreamConnection {
  private final PooledChannel pooled;
  private final PodPool pod;
  private final Endpoint endpoint;
  private final boolean mayRest;
  private final boolean reused;
  private boolean ended;

  /**
   * @param mayRest whether it may go back to the pool
   */
  Lease(PooledChannel pooled, PodPool pod, Endpoint endpoint, boolean mayRest) {
    this.pooled = pooled;
    this.pod = pod;
    this.endpoint = endpoint;
    this.mayRest = mayRest;
    this.reused = pooled.usedBefore();
    pooled.lend(this);
  }

  @Override
  public Channel channel() {
    return pooled.channel();
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  /** With TLS on it, it counts its called side by itself. */
  @Override
  public Optional<LocalPod> straightTo() {
    return pooled.key().tls().isPresent() ? Optional.empty() : pooled.straightTo();
  }

  @Override
  public boolean reused() {
    return reused;
  }

  @Override
  public void release() {
    assert pooled.channel().eventLoop().inEventLoop();
    if (ended) {
      return;
    }
    end();
    if (mayRest) {
      pod.rest(pooled);
    } else {
      pooled.close();
    }
  }

  @Override
  public void discard() {
    assert pooled.channel().eventLoop().inEventLoop();
    if (!ended) {
      end();
      pooled.close();
    }
  }

  /** The endpoint has one less in flight. Idempotent. */
  void end() {
    if (!ended) {
      ended = true;
      pod.loop().balancer().ended(endpoint.address());
    }
  }
}
