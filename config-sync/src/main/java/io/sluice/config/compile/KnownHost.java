package io.sluice.config.compile;

import io.sluice.config.resource.Header;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.ServiceId;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A host that a Service or ServiceEntry declares.
 *
 * @param header of the declaring object
 * @param id host is fully qualified, or a wildcard
 * @param spellings what clients may write as Host, addresses included
 * @param addresses that clients dial on a port's number
 * @param ports by number, in the order declared
 */
record KnownHost(
    Header header,
    ServiceId id,
    List<String> spellings,
    List<InetAddress> addresses,
    Map<Integer, Port> ports) {
  KnownHost {
    spellings = List.copyOf(spellings);
    addresses = List.copyOf(addresses);
    ports = new LinkedHashMap<>(ports);
  }

  String host() {
    return id.host();
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

    /** Whether requests may be seen on it. */
    boolean mayBeHttp() {
      return switch (protocol) {
        case UNDECLARED, HTTP, HTTP2, GRPC -> true;
        case TLS, TCP, UDP -> false;
      };
    }
  }
}
