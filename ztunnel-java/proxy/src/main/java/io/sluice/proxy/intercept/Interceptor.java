package io.sluice.proxy.intercept;

import io.sluice.proxy.doors.OriginalDestinations;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;

/** Finds out where an accepted connection was meant to go. Empty means: reset it. Event loop. */
public final class Interceptor {
  private static final InetAddress NOWHERE = InetAddress.ofLiteral("0.0.0.0");

  private final OriginalDestinations originals;

  public Interceptor(OriginalDestinations originals) {
    this.originals = originals;
  }

  /**
   * A connection that an app of the pod opened.
   *
   * @param acceptedFd owned by the caller
   * @param client the accepted socket's remote address
   * @param ownPorts of the pod's listeners at which it would come back
   * @return empty when nobody redirected it, or when it was meant for a listener of ours
   */
  public Optional<InterceptedConnection> outbound(
      PodContext pod, int acceptedFd, InetSocketAddress client, Set<Integer> ownPorts) {
    Optional<InetSocketAddress> original = originals.of(acceptedFd);
    if (original.isEmpty() || isOwn(original.get(), ownPorts)) {
      return Optional.empty();
    }
    return Optional.of(new InterceptedConnection(Direction.OUTBOUND, pod, original.get(), client));
  }

  /**
   * A connection to an app of the pod. It was steered here without a change of address: the
   * accepted socket's local address is what the client dialled.
   *
   * @param local the accepted socket's local address
   * @param client the accepted socket's remote address
   * @param ownPorts of the pod's listeners at which it would come back
   * @return empty when it dialled a listener of ours, which would loop, or loopback, where nobody
   *     is steered from: it found the listener by itself
   */
  public Optional<InterceptedConnection> inbound(
      PodContext pod, InetSocketAddress local, InetSocketAddress client, Set<Integer> ownPorts) {
    if (ownPorts.contains(local.getPort()) || local.getAddress().isLoopbackAddress()) {
      return Optional.empty();
    }
    return Optional.of(new InterceptedConnection(Direction.INBOUND, pod, local, client));
  }

  /**
   * A connection to a plain listener: as if the pod had opened it, but nobody was redirected.
   *
   * @param destinationPort whose hosts are meant
   * @param client the accepted socket's remote address
   */
  public InterceptedConnection plain(
      PodContext pod, int destinationPort, InetSocketAddress client) {
    return new InterceptedConnection(
        Direction.OUTBOUND, pod, new InetSocketAddress(NOWHERE, destinationPort), client);
  }

  /** The same port on another machine is somebody else's. */
  private static boolean isOwn(InetSocketAddress destination, Set<Integer> ownPorts) {
    return ownPorts.contains(destination.getPort())
        && (destination.getAddress().isLoopbackAddress()
            || destination.getAddress().isAnyLocalAddress());
  }
}
