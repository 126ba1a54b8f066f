package io.sluice.proxy.upstream;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How names are resolved: in the agent's own namespace, absolute (no search domains). IPv6
 * addresses are used for names that have no IPv4 address: not every pod has IPv6.
 *
 * @param servers asked in turn; empty: those of {@code resolvConf}, read again when it changes
 * @param resolvConf path, see resolv.conf(5)
 * @param hosts path, see hosts(5); its names are never asked for, and it is read again when it
 *     changes
 * @param ttlMin an answer is kept at least so long, whatever its TTL
 * @param ttlMax an answer is kept at most so long before it is asked for again
 * @param retryAfter how long a failure is remembered; a stale answer is used meanwhile
 * @param staleMax how long a stale answer is used while DNS fails
 * @param queryTimeout for one query to one server
 * @param filesCheckedEvery how often the age of the two files is looked at
 * @param namesMax names remembered per loop; beyond it the one unused for longest is forgotten
 */
public record DnsSettings(
    List<InetSocketAddress> servers,
    String resolvConf,
    String hosts,
    Duration ttlMin,
    Duration ttlMax,
    Duration retryAfter,
    Duration staleMax,
    Duration queryTimeout,
    Duration filesCheckedEvery,
    int namesMax) {

  /** The machine's own files; answers are kept for 1 s to 5 min. */
  public static final DnsSettings DEFAULT =
      new DnsSettings(
          List.of(),
          "/etc/resolv.conf",
          "/etc/hosts",
          Duration.ofSeconds(1),
          Duration.ofMinutes(5),
          Duration.ofSeconds(1),
          Duration.ofHours(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          1024);

  public DnsSettings {
    servers = List.copyOf(servers);
    Objects.requireNonNull(resolvConf, "resolvConf");
    Objects.requireNonNull(hosts, "hosts");
    if (ttlMin.isNegative() || ttlMax.compareTo(ttlMin) < 0) {
      throw new IllegalArgumentException(
          "ttlMin, ttlMax: " + ttlMin + ", " + ttlMax + " (expected: 0 <= ttlMin <= ttlMax)");
    }
    if (!filesCheckedEvery.isPositive()) {
      throw new IllegalArgumentException(
          "filesCheckedEvery: " + filesCheckedEvery + " (expected: > 0)");
    }
    if (!retryAfter.isPositive() || staleMax.isNegative() || !queryTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "retryAfter, staleMax, queryTimeout: "
              + retryAfter
              + ", "
              + staleMax
              + ", "
              + queryTimeout
              + " (expected: > 0, >= 0, > 0)");
    }
    UpstreamSettings.atLeast("namesMax", namesMax, 1);
  }
}
