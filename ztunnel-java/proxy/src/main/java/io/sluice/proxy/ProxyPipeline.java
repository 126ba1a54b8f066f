package io.sluice.proxy;

import io.netty.channel.socket.SocketChannel;
import io.sluice.proxy.doors.OriginalDestinations;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.Interceptor;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.transport.Transport;
import java.util.Optional;
import java.util.Set;

/** The rooms composed, top to bottom, in the order in which a connection walks through them. */
final class ProxyPipeline {
  private final Interceptor interceptor;

  ProxyPipeline(OriginalDestinations originals) {
    this.interceptor = new Interceptor(originals);
  }

  /** On the connection's event loop, while it is being registered. */
  void accepted(
      SocketChannel channel, PodListener.Role role, PodContext pod, Set<Integer> ownPorts) {
    if (intercept(channel, role, pod, ownPorts).isEmpty()) {
      Transport.reset(channel);
      return;
    }
    Transport.reset(channel);
  }

  /** ROOM 2: where did it want to go, and who calls? Nobody knows: reset. */
  private Optional<InterceptedConnection> intercept(
      SocketChannel channel, PodListener.Role role, PodContext pod, Set<Integer> ownPorts) {
    return switch (role) {
      case OUTBOUND_V4, OUTBOUND_V6 ->
          interceptor.outbound(pod, Transport.fd(channel), channel.remoteAddress(), ownPorts);
      case INBOUND_V4, INBOUND_V6 ->
          interceptor.inbound(pod, channel.localAddress(), channel.remoteAddress(), ownPorts);
    };
  }
}
