package io.sluice.config.translate;

import io.sluice.config.resource.Header;
import io.sluice.config.resource.ServiceEntryResource;
import io.sluice.config.resource.ServiceEntryResource.Backend;
import io.sluice.config.resource.ServiceEntryResource.Port;
import io.sluice.config.resource.ServiceEntryResource.Resolution;
import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.AppProtocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads a ServiceEntry. */
final class ServiceEntries {
  private static final String PROTOCOLS =
      "HTTP, HTTP2, GRPC, GRPC-WEB, HTTPS, TLS, TCP, MONGO, MYSQL or REDIS";

  private ServiceEntries() {}

  static ServiceEntryResource read(Header header, Fields spec) {
    Resolution resolution = resolution(spec);
    List<Backend> backends = backends(spec, resolution);
    List<String> hosts = hosts(spec, resolution, backends);
    List<AddressBlock> addresses = addresses(spec, resolution);
    List<Port> ports = ports(spec);
    Namespaces.exportToAll(spec);
    String location = spec.text("location").orElse("MESH_EXTERNAL");
    if (!Set.of("MESH_EXTERNAL", "MESH_INTERNAL").contains(location)) {
      spec.error("location", "MESH_EXTERNAL or MESH_INTERNAL");
    }
    spec.notSupported("workloadSelector", "subjectAltNames");
    spec.done();
    return new ServiceEntryResource(header, hosts, addresses, resolution, ports, backends);
  }

  private static Resolution resolution(Fields spec) {
    String text = spec.text("resolution").orElse("NONE");
    return switch (text) {
      case "NONE" -> Resolution.NONE;
      case "STATIC" -> Resolution.STATIC;
      case "DNS" -> Resolution.DNS;
      case "DNS_ROUND_ROBIN" -> {
        spec.notSupportedValue(
            "resolution", "DNS: DNS_ROUND_ROBIN is taken for DNS, all addresses are used");
        yield Resolution.DNS;
      }
      case "DYNAMIC_DNS" -> {
        spec.notSupportedValue(
            "resolution",
            "DNS: DYNAMIC_DNS is not supported yet, the address that was dialled is used");
        yield Resolution.NONE;
      }
      default -> {
        spec.error("resolution", "NONE, STATIC, DNS, DNS_ROUND_ROBIN or DYNAMIC_DNS");
        yield Resolution.NONE;
      }
    };
  }

  private static List<String> hosts(Fields spec, Resolution resolution, List<Backend> backends) {
    List<String> hosts = spec.texts("hosts", Hosts::parse, Hosts.EXPECTED);
    for (String host : hosts) {
      if (host.startsWith("*") && resolution == Resolution.DNS && backends.isEmpty()) {
        spec.error(
            "hosts",
            "no wildcard with resolution DNS unless endpoints are given: it can't be resolved");
      }
    }
    if (spec.count("hosts") == 0) {
      spec.error("hosts", "at least one host");
    }
    return hosts;
  }

  private static List<AddressBlock> addresses(Fields spec, Resolution resolution) {
    List<AddressBlock> addresses = spec.texts("addresses", Subnets::parse, Subnets.EXPECTED);
    if (resolution == Resolution.DNS && !addresses.stream().allMatch(AddressBlock::isSingle)) {
      spec.warn(
          "addresses",
          "single IP addresses with resolution DNS: Istio refuses blocks there (here they work)");
    }
    return addresses;
  }

  private static List<Port> ports(Fields spec) {
    List<Port> ports = new ArrayList<>();
    Set<Integer> numbers = new HashSet<>();
    for (Fields fields : spec.objects("ports")) {
      OptionalInt number = fields.port("number");
      OptionalInt target = fields.port("targetPort");
      String name = fields.text("name").orElse("");
      if (!fields.has("number")) {
        fields.error("number", "a port, 1..65535");
      }
      if (number.isPresent() && !numbers.add(number.getAsInt())) {
        fields.error("number", "a number that no other port of the entry has");
      }
      AppProtocol protocol = protocol(fields, name, number.orElse(0));
      fields.done();
      if (number.isPresent() && protocol != AppProtocol.UDP) {
        ports.add(new Port(name, number.getAsInt(), protocol, target));
      }
    }
    if (!spec.has("ports")) {
      spec.error("ports", "at least one port");
    }
    return ports;
  }

  private static AppProtocol protocol(Fields fields, String name, int number) {
    Optional<String> text = fields.text("protocol").filter(value -> !value.isEmpty());
    if (text.isEmpty()) {
      return Protocols.of(Optional.empty(), name, number);
    }
    Optional<AppProtocol> protocol = Protocols.declared(text.get());
    if (protocol.isEmpty()) {
      fields.error("protocol", PROTOCOLS);
    }
    return protocol.orElse(AppProtocol.UNDECLARED);
  }

  private static List<Backend> backends(Fields spec, Resolution resolution) {
    List<Backend> backends = new ArrayList<>();
    for (Fields fields : spec.objects("endpoints")) {
      Optional<String> text =
          fields.required("address", "an IP address, or a host name with resolution DNS");
      Map<String, Integer> ports = fields.portMap("ports");
      Map<String, String> labels = fields.textMap("labels");
      fields.ignore("serviceAccount", "network").notSupported("weight", "locality");
      fields.done();
      text.filter(value -> isUsable(fields, value, resolution))
          .ifPresent(address -> backends.add(new Backend(address, ports, labels)));
    }
    if (resolution == Resolution.STATIC && !spec.has("endpoints")) {
      spec.warn("endpoints", "endpoints with IP addresses: without them all calls get 503");
    }
    return backends;
  }

  private static boolean isUsable(Fields fields, String address, Resolution resolution) {
    boolean ip = Hosts.address(address).isPresent();
    boolean name = Hosts.parse(address).filter(host -> !host.startsWith("*")).isPresent();
    if (address.startsWith("unix:")) {
      fields.notSupportedValue("address", "an IP address: Unix sockets are not supported yet");
      return false;
    }
    if (resolution == Resolution.STATIC && !ip) {
      fields.error("address", "an IP address; a name needs resolution: DNS");
      return false;
    }
    if (!ip && !name) {
      fields.error("address", "an IP address or a host name");
      return false;
    }
    return true;
  }
}
