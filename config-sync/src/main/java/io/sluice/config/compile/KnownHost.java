package io.sluice.config.compile;

import io.sluice.config.resource.Header;
import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.ServiceId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A host that a Service or ServiceEntry declares.
 *
 * @param header of the declaring object
 * @param id host is fully qualified, or a wildcard
 * @param spellings what clients may write as Host, addresses included
 * @param addresses that clients dial on a port's number, single ones and blocks
 * @param ports by number, in the order declared
 */
record KnownHost(
    Header header,
    ServiceId id,
    List<String> spellings,
    List<AddressBlock> addresses,
    Map<Integer, Port> ports) {
  private static final String SERVICE_ENTRY = "ServiceEntry";

  KnownHost {
    spellings = List.copyOf(spellings);
    addresses = List.copyOf(addresses);
    ports = new LinkedHashMap<>(ports);
  }

  String host() {
    return id.host();
  }

  /** Whether the address that a client dials tells that it means this host. */
  boolean isDialledByAddress() {
    return !header.ref().kind().equals(SERVICE_ENTRY) || !addresses.isEmpty();
  }

  /**
   * Whether two declarations of a host are one service, as in Istio: ServiceEntries of one
   * namespace. They must have the same addresses, for on these each port can be dialled.
   */
  boolean isSameServiceAs(KnownHost other) {
    return header.ref().kind().equals(SERVICE_ENTRY)
        && other.header.ref().kind().equals(SERVICE_ENTRY)
        && id.equals(other.id)
        && addresses.equals(other.addresses);
  }

  /** With the other's ports that this one has not. */
  KnownHost withPortsOf(KnownHost other) {
    Map<Integer, Port> all = new LinkedHashMap<>(ports);
    other.ports.forEach(all::putIfAbsent);
    return new KnownHost(header, id, spellings, addresses, all);
  }

  /**
   * One port.
   *
   * @param own for who dialled this host
   * @param routed for who dialled another host and was sent here by a rule; differs from {@code
   *     own} for headless services, whose own callers have chosen the pod already
   * @param dialled pod addresses that clients of a headless service dial by themselves
   * @param members pod addresses that lead here, of every family
   */
  record Port(
      int number,
      AppProtocol protocol,
      Backends own,
      Backends routed,
      List<Backends.Member> dialled,
      List<Backends.Member> members) {
    Port {
      dialled = List.copyOf(dialled);
      members = List.copyOf(members);
    }

    /** Whether it says that it speaks HTTP/2, which is not looked into yet. */
    boolean isHttp2() {
      return protocol == AppProtocol.HTTP2 || protocol == AppProtocol.GRPC;
    }

    /** Whether rules for connections that are not HTTP apply to it. */
    boolean mayBeOpaque() {
      return switch (protocol) {
        case UNDECLARED, TLS, TCP -> true;
        case HTTP, HTTP2, GRPC, UDP -> false;
      };
    }

    /** Whether requests may be seen on it. */
    boolean mayBeHttp() {
      return switch (protocol) {
        case UNDECLARED, HTTP, HTTP2, GRPC -> true;
        case TLS, TCP, UDP -> false;
      };
    }
  }
}
