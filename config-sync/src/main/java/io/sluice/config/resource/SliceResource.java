package io.sluice.config.resource;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An EndpointSlice.
 *
 * @param service name of its Service, in its own namespace
 * @param ports port name (empty for none) to the number that the endpoints listen on; TCP only
 */
public record SliceResource(
    Header header, String service, Map<String, Integer> ports, List<Entry> endpoints)
    implements MeshResource {
  public SliceResource {
    ports = Map.copyOf(ports);
    endpoints = List.copyOf(endpoints);
  }

  /**
   * One endpoint.
   *
   * @param ready unset counts as ready
   * @param pod name of the pod behind it
   */
  public record Entry(List<InetAddress> addresses, boolean ready, Optional<String> pod) {
    public Entry {
      addresses = List.copyOf(addresses);
    }
  }
}
