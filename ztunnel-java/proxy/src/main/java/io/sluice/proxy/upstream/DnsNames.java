package io.sluice.proxy.upstream;

import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.Endpoint;
import io.sluice.proxy.fault.Failure;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Names on one event loop: literal addresses, the hosts file, then DNS with a cache.
 *
 * <p>An answer is kept for its TTL (within limits). When it is old and DNS fails, it is used on,
 * and asked for again in the background; when DNS says that the name is gone, it is forgotten.
 */
final class DnsNames implements Names {
  private final EventLoop loop;
  private final DnsSettings settings;
  private final NodeNames node;
  private final DnsClient dns;
  private final Map<String, CachedName> cache;

  DnsNames(EventLoop loop, DnsSettings settings, NodeNames node, DnsClient dns) {
    this.loop = loop;
    this.settings = settings;
    this.node = node;
    this.dns = dns;
    this.cache = new Lru<>(settings.namesMax(), dropped -> {});
  }

  @Override
  public void resolve(List<Discovery.Dns.Name> names, Consumer<Resolved> then) {
    assert loop.inEventLoop();
    if (names.size() == 1) {
      Discovery.Dns.Name only = names.get(0);
      addresses(only.host(), found -> then.accept(endpoints(only, found)));
    } else {
      new Gathering(names, then).begin();
    }
  }

  @Override
  public void close() {
    dns.close();
  }

  private void addresses(String host, Consumer<CachedName.Found> then) {
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
    if (literal != null) {
      then.accept(new CachedName.Found(List.of(literal), ""));
      return;
    }
    String name = canonical(host);
    List<InetAddress> listed = node.known().hosts().get(name);
    if (listed != null) {
      then.accept(new CachedName.Found(listed, ""));
      return;
    }
    cache.computeIfAbsent(name, n -> new CachedName(n, loop, settings, dns)).get(then);
  }

  private static String canonical(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private static Resolved endpoints(Discovery.Dns.Name name, CachedName.Found found) {
    return found.addresses().isEmpty()
        ? new Resolved.Not(new Failure.NameNotResolved(name.host(), found.reason()))
        : new Resolved.To(endpointsOf(name, found));
  }

  private static List<Endpoint> endpointsOf(Discovery.Dns.Name name, CachedName.Found found) {
    return found.addresses().stream()
        .map(each -> new Endpoint(new InetSocketAddress(each, name.port()), Optional.empty()))
        .toList();
  }

  /** Waits for all of several names; those that fail are left out if another does not. */
  private final class Gathering {
    private final List<Discovery.Dns.Name> names;
    private final Consumer<Resolved> then;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private int missing;

    Gathering(List<Discovery.Dns.Name> names, Consumer<Resolved> then) {
      this.names = names;
      this.then = then;
      this.missing = names.size();
    }

    void begin() {
      if (names.isEmpty()) {
        then.accept(new Resolved.Not(new Failure.NameNotResolved("", "the cluster has no names")));
      }
      for (Discovery.Dns.Name each : names) {
        addresses(each.host(), found -> found(each, found));
      }
    }

    private void found(Discovery.Dns.Name name, CachedName.Found found) {
      endpoints.addAll(endpointsOf(name, found));
      if (found.addresses().isEmpty()) {
        reasons.add(name.host() + ": " + found.reason());
      }
      if (--missing == 0) {
        then.accept(endpoints.isEmpty() ? none() : new Resolved.To(List.copyOf(endpoints)));
      }
    }

    private Resolved none() {
      String all = names.stream().map(Discovery.Dns.Name::host).collect(Collectors.joining(", "));
      return new Resolved.Not(new Failure.NameNotResolved(all, String.join("; ", reasons)));
    }
  }

  /** Between the limits. */
  static Duration kept(long ttlSeconds, DnsSettings settings) {
    Duration ttl = Duration.ofSeconds(ttlSeconds);
    if (ttl.compareTo(settings.ttlMin()) < 0) {
      return settings.ttlMin();
    }
    return ttl.compareTo(settings.ttlMax()) > 0 ? settings.ttlMax() : ttl;
  }
}
