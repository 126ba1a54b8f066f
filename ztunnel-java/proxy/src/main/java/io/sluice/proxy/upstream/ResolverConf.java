package io.sluice.proxy.upstream;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a resolv.conf says (resolv.conf(5)), as far as it counts here.
 *
 * @param servers to ask, in order; at most {@link #SERVERS_MAX}
 * @param search domains without dots at their ends, at most {@link #SEARCH_MAX}
 * @param timeout for one query to one server
 * @param attempts how often all servers are asked, ≥ 1
 * @param rotate whether each question begins with the next server
 * @param loopbackIsMachines whether a server on loopback is on the machine's, not on the pod's
 * @param noServers why there is none; empty when there are some
 */
record ResolverConf(
    List<InetSocketAddress> servers,
    List<String> search,
    Duration timeout,
    int attempts,
    boolean rotate,
    boolean loopbackIsMachines,
    String noServers) {

  /** As in the C library. */
  static final int SERVERS_MAX = 3;

  static final int SEARCH_MAX = 8;

  /** Where the file does not say. */
  static final int ATTEMPTS = 2;

  private static final int NAME_CHARACTERS_MAX = 253;

  ResolverConf {
    servers = List.copyOf(servers);
    search = List.copyOf(search);
  }

  /** Without servers, and why. */
  static ResolverConf none(String why, Duration timeout) {
    return new ResolverConf(List.of(), List.of(), timeout, ATTEMPTS, false, false, why);
  }

  /** Servers of the agent's settings: the rest of the file counts. */
  ResolverConf withServers(List<InetSocketAddress> others) {
    return new ResolverConf(others, search, timeout, attempts, rotate, false, "");
  }

  /**
   * The names to ask for, in order, all absolute, without a dot at the end: a host with a dot as it
   * is and then below each search domain, one without the other way round, one that ends with a dot
   * only as it is.
   *
   * @param host lower case
   */
  List<String> candidates(String host) {
    if (host.endsWith(".")) {
      return List.of(host.substring(0, host.length() - 1));
    }
    List<String> all = new ArrayList<>();
    for (String domain : search) {
      String below = host + "." + domain;
      if (below.length() <= NAME_CHARACTERS_MAX) {
        all.add(below);
      }
    }
    all.add(host.contains(".") ? 0 : all.size(), host);
    return all;
  }

  /** Whether a server can be reached from the machine's network namespace alone. */
  boolean isMachines(InetSocketAddress server) {
    return loopbackIsMachines && server.getAddress().isLoopbackAddress();
  }

  /** All servers as people name them: for messages. */
  static String shown(InetSocketAddress server) {
    InetAddress address = server.getAddress();
    return address.getHostAddress().toLowerCase(Locale.ROOT) + " port " + server.getPort();
  }
}
