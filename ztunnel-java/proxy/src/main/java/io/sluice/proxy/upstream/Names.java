package io.sluice.proxy.upstream;

import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.Endpoint;
import io.sluice.proxy.fault.Failure;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Turns names into endpoints as one pod sees them, on one event loop. */
interface Names {

  /**
   * Resolves each name to all its addresses.
   *
   * @param then called once, on the event loop, possibly before this method returns
   */
  void resolve(List<Discovery.Dns.Name> names, Consumer<Resolved> then);

  /** See {@link Upstreams#whose}. */
  void whose(InetAddress address, List<String> hosts, Consumer<Optional<String>> then);

  /** How it ended. */
  sealed interface Resolved {
    /** At least one address is known. */
    record To(List<Endpoint> endpoints) implements Resolved {}

    /** No address is known for any of the names. */
    record Not(Failure failure) implements Resolved {}
  }
}
