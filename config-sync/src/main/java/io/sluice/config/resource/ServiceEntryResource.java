package io.sluice.config.resource;

import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.AppProtocol;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A ServiceEntry.
 *
 * @param hosts lower case; may be wildcards under {@link Resolution#NONE}
 * @param addresses that clients dial, single ones and blocks; may be empty
 */
public record ServiceEntryResource(
    Header header,
    List<String> hosts,
    List<AddressBlock> addresses,
    Resolution resolution,
    List<Port> ports,
    List<Backend> backends)
    implements MeshResource {
  public ServiceEntryResource {
    hosts = List.copyOf(hosts);
    addresses = List.copyOf(addresses);
    ports = List.copyOf(ports);
    backends = List.copyOf(backends);
  }

  /** How its endpoints are found. */
  public enum Resolution {
    NONE,
    STATIC,
    DNS
  }

  /**
   * A port.
   *
   * @param target where endpoints listen, unless they say otherwise
   */
  public record Port(String name, int number, AppProtocol protocol, OptionalInt target) {
    public int targetOrNumber() {
      return target.orElse(number);
    }
  }

  /**
   * An endpoint.
   *
   * @param address IP address, or a DNS name under {@link Resolution#DNS}
   * @param ports port name to number
   */
  public record Backend(String address, Map<String, Integer> ports, Map<String, String> labels) {
    public Backend {
      ports = Map.copyOf(ports);
      labels = Map.copyOf(labels);
    }
  }
}
