package io.sluice.mesh.service;

import java.util.List;
import java.util.Objects;

/** Where a cluster's endpoints come from. */
public sealed interface Discovery {
  /**
   * They are listed: EndpointSlice, selector, or ServiceEntry {@code STATIC}. May be empty: no
   * healthy endpoint.
   */
  record Listed(List<Endpoint> endpoints) implements Discovery {
    public Listed {
      endpoints = List.copyOf(endpoints);
    }
  }

  /** They are resolved by DNS, each name to all its addresses. */
  record Dns(List<Name> names) implements Discovery {
    /**
     * @param host to resolve
     * @param port to dial, 1..65535
     */
    public record Name(String host, int port) {
      public Name {
        Objects.requireNonNull(host, "host");
      }
    }

    public Dns {
      names = List.copyOf(names);
    }
  }

  /**
   * The address that the app dialled (ServiceEntry {@code NONE}, passthrough, headless, pod IP).
   */
  record OriginalDestination() implements Discovery {}
}
