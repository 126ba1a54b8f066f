package io.sluice.config.resource;

import io.sluice.mesh.service.AppProtocol;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Service.
 *
 * @param clusterIps all families; empty for headless and ExternalName
 * @param headless {@code clusterIP: None}
 * @param externalName DNS name that it stands for (type ExternalName)
 * @param selector labels of its pods; empty: it has none, endpoints come from slices only
 * @param publishNotReady endpoints that are not ready count too
 * @param ports TCP only
 */
public record ServiceResource(
    Header header,
    List<InetAddress> clusterIps,
    boolean headless,
    Optional<String> externalName,
    Map<String, String> selector,
    boolean publishNotReady,
    List<Port> ports)
    implements MeshResource {
  public ServiceResource {
    clusterIps = List.copyOf(clusterIps);
    selector = Map.copyOf(selector);
    ports = List.copyOf(ports);
  }

  /**
   * A port of the service.
   *
   * @param name empty when it has none
   * @param number what clients dial
   * @param target where the pods listen
   */
  public record Port(String name, int number, AppProtocol protocol, Target target) {}

  /** Where the pods listen. */
  public sealed interface Target {
    record Number(int port) implements Target {}

    /** A container port's name; each pod may give it another number. */
    record Named(String name) implements Target {}
  }
}
