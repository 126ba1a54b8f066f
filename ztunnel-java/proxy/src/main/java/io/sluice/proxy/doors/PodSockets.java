package io.sluice.proxy.doors;

import java.util.function.Supplier;

/** Makes sockets inside one pod's network namespace. One instance a pod. */
@FunctionalInterface
public interface PodSockets {
  /**
   * Runs a constructor that creates a socket (and does nothing else) inside the pod's namespace.
   *
   * @throws PodGoneException when the pod is being let go of; no socket was made
   */
  <C> C open(Supplier<C> constructor);

  /**
   * The pod's app refused an inbound connection that was steered to it: nobody listens on that port
   * any more. A hint, given on an event loop; must not block.
   */
  default void appRefused() {}

  /** The pod's namespace must not be entered any more. */
  final class PodGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PodGoneException(String pod) {
      super(
          "pod " + pod + " is gone: no new sockets are made in its network namespace",
          null,
          false,
          false);
    }
  }
}
