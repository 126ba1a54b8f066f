package io.sluice.config.compile;

import io.sluice.mesh.service.ServiceId;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/** Names of hosts as Istio reads them. All are lower case here. */
final class HostNames {
  private static final String SUFFIX = ".svc.cluster.local";

  private HostNames() {}

  static String ofService(String name, String namespace) {
    return name + "." + namespace + SUFFIX;
  }

  /**
   * A name without a dot belongs to a service in the rule's namespace; any other, and an address,
   * is taken as it is.
   */
  static String resolve(String host, String namespace) {
    boolean bare = host.indexOf('.') < 0 && host.indexOf(':') < 0 && !isWildcard(host);
    return bare ? ofService(host, namespace) : host;
  }

  static boolean isWildcard(String host) {
    return host.startsWith("*");
  }

  /** Whether a host or wildcard covers a host (or a wildcard that is as narrow). */
  static boolean covers(String pattern, String host) {
    return isWildcard(pattern) ? host.endsWith(pattern.substring(1)) : pattern.equals(host);
  }

  /**
   * How narrow a pattern is: a plain name before any wildcard, a long wildcard before a short one.
   */
  static int narrowness(String pattern) {
    return isWildcard(pattern) ? pattern.length() : Integer.MAX_VALUE;
  }

  /**
   * The ways to write a Service's name with a dot. The bare name is resolved by who looks it up.
   */
  static List<String> spellings(String name, String namespace) {
    String shortest = name + "." + namespace;
    return List.of(shortest, shortest + ".svc", shortest + SUFFIX);
  }

  /**
   * IPv4 addresses as a Host header has them. IPv6 addresses can be written in many ways: who calls
   * by one is found by the address that is dialled.
   */
  static List<String> spellings(List<InetAddress> addresses) {
    return addresses.stream()
        .filter(Inet4Address.class::isInstance)
        .map(InetAddress::getHostAddress)
        .toList();
  }

  /** The service that a full name stands for, also where it does not exist. */
  static ServiceId serviceOf(String host) {
    int dot = host.indexOf('.');
    boolean service = host.endsWith(SUFFIX) && dot < host.length() - SUFFIX.length();
    return service
        ? new ServiceId(
            host, host.substring(0, dot), host.substring(dot + 1, host.length() - SUFFIX.length()))
        : new ServiceId(host, host, "unknown");
  }
}
