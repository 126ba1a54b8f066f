package io.sluice.agent.enrol;

import io.sluice.agent.netns.NetworkNamespace;
import io.sluice.proxy.doors.PodSockets;
import java.util.function.Supplier;

/**
 * Makes the proxy's sockets in a pod's network namespace, until the pod is let go of. Event loops
 * and {@code sluice-enrol}.
 */
final class NamespaceSockets implements PodSockets {

  private final String pod;
  private final NetworkNamespace namespace;
  private final Runnable onRefusal;
  private volatile boolean ended;

  /**
   * @param onRefusal told on event loops that an app does not listen where it did; must not block
   */
  NamespaceSockets(String pod, NetworkNamespace namespace, Runnable onRefusal) {
    this.pod = pod;
    this.namespace = namespace;
    this.onRefusal = onRefusal;
  }

  @Override
  public void appRefused() {
    onRefusal.run();
  }

  @Override
  public <C> C open(Supplier<C> constructor) {
    if (ended) {
      throw new PodGoneException(pod);
    }
    try {
      return namespace.call(constructor);
    } catch (IllegalStateException e) {
      if (ended) {
        throw new PodGoneException(pod); // it was closed in between
      }
      throw e;
    }
  }

  /** No socket is made from now on: a single one would keep the namespace alive. */
  void end() {
    ended = true;
  }
}
