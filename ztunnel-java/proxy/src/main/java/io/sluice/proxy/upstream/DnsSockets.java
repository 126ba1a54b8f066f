package io.sluice.proxy.upstream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import io.sluice.proxy.doors.OwnSockets;
import io.sluice.proxy.doors.PodSockets;
import io.sluice.proxy.doors.PodSockets.PodGoneException;
import io.sluice.proxy.transport.Transport;
import java.net.InetAddress;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sockets by which a pod's names are asked for from one namespace: the pod's, because its DNS
 * server may be reachable from there alone, or the machine's. Closed with the pod, because each
 * keeps the namespace alive.
 */
final class DnsSockets {
  private final EventLoop loop;
  private final String pod;
  private final PodSockets sockets;
  private final Transport transport;
  private final OwnSockets own;
  private final Set<Channel> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private @Nullable DatagramChannel prepared;
  private boolean closed;

  /**
   * @param pod its uid, for messages
   * @param sockets of the namespace
   */
  DnsSockets(EventLoop loop, String pod, PodSockets sockets, Transport transport, OwnSockets own) {
    this.loop = loop;
    this.pod = pod;
    this.sockets = sockets;
    this.transport = transport;
    this.own = own;
  }

  /**
   * Makes the socket of the next query, whose source port is the kernel's random choice. Before
   * Netty asks for it: it logs where it is given none.
   *
   * @throws RuntimeException when there can be none: the pod is gone, the descriptors are used up
   */
  void prepare() {
    refuseWhenClosed();
    if (prepared == null) {
      prepared = kept(sockets.open(transport::newDatagramChannel));
    }
  }

  /** The one that was prepared. */
  DatagramChannel datagram() {
    DatagramChannel next = prepared;
    if (next == null) {
      throw new IllegalStateException("no socket was prepared for a query");
    }
    prepared = null;
    return next;
  }

  /**
   * For answers that are too long for UDP.
   *
   * @param server who gives them
   */
  SocketChannel stream(InetAddress server) {
    refuseWhenClosed();
    SocketChannel socket = sockets.open(() -> transport.newSocketChannel(server));
    try {
      own.exempt(Transport.fd(socket));
    } catch (RuntimeException e) {
      socket.unsafe().closeForcibly();
      throw e;
    }
    return kept(socket);
  }

  boolean isClosed() {
    return closed;
  }

  /** Done when the last one is closed. */
  Future<Void> close() {
    closed = true;
    PromiseCombiner all = new PromiseCombiner(loop);
    for (Channel each : List.copyOf(open)) {
      all.add(each.closeFuture());
      if (each instanceof SocketChannel) {
        Transport.reset(each);
      } else {
        each.close();
      }
    }
    Promise<Void> done = loop.newPromise();
    all.finish(done);
    return done;
  }

  private <C extends Channel> C kept(C channel) {
    open.add(channel);
    channel.closeFuture().addListener(ended -> open.remove(channel));
    return channel;
  }

  private void refuseWhenClosed() {
    if (closed) {
      throw new PodGoneException(pod);
    }
  }
}
