package io.sluice.proxy.upstream;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How names are resolved: each pod's by its own files, from its own network namespace, with a cache
 * of its own.
 *
 * <p>For each name A and AAAA are asked for. IPv4 addresses are dialled if there are any: not every
 * pod has IPv6.
 *
 * @param servers asked in turn instead of those that a pod's resolv.conf names; empty: those
 * @param filesCheckedEvery how often a pod's files are looked at
 * @param queryTimeout for one query to one server, where resolv.conf names no timeout
 * @param askMax for one name over all servers, attempts and search domains
 * @param keeping how long what was learned counts
 * @param limits how much is kept and done at a time, for each pod
 * @param whose for finding the name behind an address
 */
public record DnsSettings(
    List<InetSocketAddress> servers,
    Duration filesCheckedEvery,
    Duration queryTimeout,
    Duration askMax,
    Keeping keeping,
    Limits limits,
    Whose whose) {

  /** Answers are kept for 1 s to 5 min, and an hour longer while DNS is down. */
  public static final DnsSettings DEFAULT =
      new DnsSettings(
          List.of(),
          Duration.ofSeconds(5),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          Keeping.DEFAULT,
          Limits.DEFAULT,
          Whose.DEFAULT);

  /**
   * @param ttlMin an answer is kept at least so long, whatever its TTL
   * @param ttlMax an answer is kept at most so long before it is asked for again
   * @param staleMax how much longer an answer is used while DNS fails
   * @param staleWait how long a request waits for DNS when there is an answer whose time is over
   * @param retryAfter how long it is remembered that DNS failed; where a stale answer is used, the
   *     first of ever longer pauses
   * @param retryMax the longest of these pauses
   * @param absentFor how long it is remembered that a name does not exist or has no address
   */
  public record Keeping(
      Duration ttlMin,
      Duration ttlMax,
      Duration staleMax,
      Duration staleWait,
      Duration retryAfter,
      Duration retryMax,
      Duration absentFor) {
    /** See {@link DnsSettings#DEFAULT}. */
    public static final Keeping DEFAULT =
        new Keeping(
            Duration.ofSeconds(1),
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5));

    public Keeping {
      inOrder("ttlMin, ttlMax", ttlMin, ttlMax);
      inOrder("retryAfter, retryMax", retryAfter, retryMax);
      if (staleMax.isNegative()) {
        throw new IllegalArgumentException("staleMax: " + staleMax + " (expected: >= 0)");
      }
      UpstreamSettings.positive("staleWait", staleWait);
      UpstreamSettings.positive("absentFor", absentFor);
    }

    private static void inOrder(String names, Duration min, Duration max) {
      if (!min.isPositive() || max.compareTo(min) < 0) {
        throw new IllegalArgumentException(
            names + ": " + min + ", " + max + " (expected: > 0, the second not smaller)");
      }
    }
  }

  /**
   * @param namesMax names remembered; beyond it one that is not used is forgotten
   * @param addressesMax addresses used of a name, of each family; further ones are left out
   * @param asksMax names asked for at a time; further ones wait in line
   * @param waitingMax requests that wait for one name; further ones fail at once
   */
  public record Limits(int namesMax, int addressesMax, int asksMax, int waitingMax) {
    /** See {@link DnsSettings#DEFAULT}. */
    public static final Limits DEFAULT = new Limits(1024, 128, 32, 16_384);

    public Limits {
      UpstreamSettings.atLeast("namesMax", namesMax, 1);
      UpstreamSettings.atLeast("addressesMax", addressesMax, 1);
      UpstreamSettings.atLeast("asksMax", asksMax, 1);
      UpstreamSettings.atLeast("waitingMax", waitingMax, 1);
    }
  }

  /**
   * @param hostsMax hosts looked at; further ones are passed over
   * @param waitMax after which those that are not known are passed over
   */
  public record Whose(int hostsMax, Duration waitMax) {
    /** See {@link DnsSettings#DEFAULT}. */
    public static final Whose DEFAULT = new Whose(64, Duration.ofMillis(400));

    public Whose {
      UpstreamSettings.atLeast("hostsMax", hostsMax, 1);
      UpstreamSettings.positive("waitMax", waitMax);
    }
  }

  public DnsSettings {
    servers = List.copyOf(servers);
    UpstreamSettings.positive("filesCheckedEvery", filesCheckedEvery);
    UpstreamSettings.positive("queryTimeout", queryTimeout);
    UpstreamSettings.positive("askMax", askMax);
    Objects.requireNonNull(keeping, "keeping");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(whose, "whose");
  }
}
