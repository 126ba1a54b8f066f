package io.sluice.agent.netns;

import io.sluice.agent.kernel.ffi.KernelFault;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The addresses of a namespace with which others can reach it: neither loopback nor link-local.
 *
 * @param ip4 in the kernel's order
 * @param ip6 in the kernel's order; unique local ones ({@code fd00::/8}) included
 */
public record NamespaceAddresses(List<Inet4Address> ip4, List<Inet6Address> ip6) {
  private static final Path FIB_TRIE = Path.of("/proc/thread-self/net/fib_trie");
  private static final Path IF_INET6 = Path.of("/proc/thread-self/net/if_inet6");
  private static final String LEAF = "|-- ";
  private static final String LOCAL = "/32 host LOCAL";

  public NamespaceAddresses {
    ip4 = List.copyOf(ip4);
    ip6 = List.copyOf(ip6);
  }

  static NamespaceAddresses ofThisThread() {
    return new NamespaceAddresses(parseFibTrie(read(FIB_TRIE)), parseIfInet6(read(IF_INET6)));
  }

  /** Leaves that are followed by {@code /32 host LOCAL} are the own addresses. */
  static List<Inet4Address> parseFibTrie(String text) {
    Set<Inet4Address> found = new LinkedHashSet<>();
    String leaf = "";
    for (String line : text.lines().map(String::strip).toList()) {
      if (line.startsWith(LEAF)) {
        leaf = line.substring(LEAF.length());
      } else if (line.equals(LOCAL) && literal(leaf) instanceof Inet4Address a && reachable(a)) {
        found.add(a);
      }
    }
    return new ArrayList<>(found);
  }

  /** One address a line: 32 hex digits, ifindex, prefix length, scope, flags, device. */
  static List<Inet6Address> parseIfInet6(String text) {
    Set<Inet6Address> found = new LinkedHashSet<>();
    for (String line : text.lines().toList()) {
      String hex = line.split(" ", 2)[0];
      if (address(HexFormat.of().parseHex(hex)) instanceof Inet6Address a && reachable(a)) {
        found.add(a);
      }
    }
    return new ArrayList<>(found);
  }

  private static boolean reachable(InetAddress a) {
    return !a.isLoopbackAddress() && !a.isLinkLocalAddress() && !a.isMulticastAddress();
  }

  private static InetAddress literal(String address) {
    return InetAddress.ofLiteral(address);
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "address of " + bytes.length + " bytes (expected: 4 or 16)", e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new KernelFault(file + " can't be read: maybe /proc is not mounted", e);
    }
  }
}
