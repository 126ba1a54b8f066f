package io.sluice.agent.kernel.abi;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.List;
import java.util.Optional;

/**
 * Value of the map {@code pods}.
 *
 * @param enabled steer connections, in both directions
 * @param outPort4 the outbound listener on device lo; 0 while not enabled
 * @param outPorts6 four listeners on [::1], or none
 * @param ip4 what getsockname shows in place of 127.x.y.z
 * @param ip6 what getsockname shows in place of ::1; without it native IPv6 is not steered
 */
public record PodEntry(
    boolean enabled,
    int outPort4,
    List<Integer> outPorts6,
    Optional<Inet4Address> ip4,
    Optional<Inet6Address> ip6) {
  public static final int OUT_PORTS6 = Layouts.OUT_PORTS6;

  public PodEntry {
    outPorts6 = List.copyOf(outPorts6);
    requirePort(outPort4);
    outPorts6.forEach(PodEntry::requirePort);
    if (!outPorts6.isEmpty() && outPorts6.size() != OUT_PORTS6) {
      throw new IllegalArgumentException(
          "outPorts6: " + outPorts6 + " (expected: none or " + OUT_PORTS6 + ")");
    }
  }

  private static void requirePort(int port) {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
    }
  }
}
