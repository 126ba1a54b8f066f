package io.sluice.proxy.detect;

import io.netty.channel.Channel;
import io.sluice.mesh.service.AppProtocol;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Decides what a connection speaks: by what its port declares, else by its first bytes, within a
 * time limit.
 */
public final class Detection {
  /**
   * The server speaks first there (SMTP, MySQL, MongoDB) or bytes would mislead (DNS): never looked
   * at, as in Istio.
   */
  private static final Set<Integer> NEVER_SNIFFED = Set.of(25, 53, 3306, 27017);

  private final long limitMillis;

  /**
   * @param limitMillis how long the first bytes are waited for: a server that speaks first must not
   *     wait for ever; positive
   */
  public Detection(long limitMillis) {
    this.limitMillis = limitMillis;
  }

  /**
   * @param channel auto-read off; what was read is passed on to the handlers that {@code then} adds
   * @param declared of the port that was dialled
   * @param port of the original destination
   * @param then called once on the event loop, at once when nothing has to be read; not called when
   *     the client left before
   */
  public void detect(Channel channel, AppProtocol declared, int port, Consumer<Protocol> then) {
    Optional<Protocol> known = known(declared, port);
    if (known.isPresent()) {
      then.accept(known.get());
    } else {
      channel.pipeline().addLast("detect", new SniffHandler(limitMillis, then));
    }
  }

  static Optional<Protocol> known(AppProtocol declared, int port) {
    return switch (declared) {
      case HTTP -> Optional.of(Protocol.HTTP1);
      case HTTP2, GRPC -> Optional.of(Protocol.HTTP2);
      case TLS -> Optional.of(Protocol.TLS);
      case TCP, UDP -> Optional.of(Protocol.OPAQUE);
      case UNDECLARED ->
          NEVER_SNIFFED.contains(port) ? Optional.of(Protocol.OPAQUE) : Optional.empty();
    };
  }
}
