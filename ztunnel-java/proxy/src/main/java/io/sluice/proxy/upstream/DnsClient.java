package io.sluice.proxy.upstream;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsServerAddressStream;
import io.netty.resolver.dns.DnsServerAddresses;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.util.concurrent.Future;
import io.sluice.proxy.transport.Transport;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks DNS servers, on one event loop, and remembers nothing. */
final class DnsClient implements AutoCloseable {
  /** How a question was answered. */
  sealed interface Answer {
    /**
     * @param addresses at least one
     * @param ttlSeconds the smallest of all
     */
    record Found(List<InetAddress> addresses, long ttlSeconds) implements Answer {}

    /** The name does not exist: DNS says so. */
    record NoSuchName() implements Answer {}

    /** Nothing was learned. */
    record Unanswered(String reason) implements Answer {}
  }

  private final DnsSettings settings;
  private final NodeNames node;
  private final DnsNameResolver resolver;
  private final Ttls ttls = new Ttls();

  /** Not to be called on an event loop: Netty's classes look at files when they are loaded. */
  DnsClient(EventLoop loop, Transport transport, DnsSettings settings, NodeNames node) {
    this.settings = settings;
    this.node = node;
    this.resolver =
        new DnsNameResolverBuilder(loop)
            .datagramChannelFactory(transport::newDatagramChannel)
            // For answers that are too long for UDP.
            .socketChannelFactory(
                () -> transport.newSocketChannel(node.known().servers().getFirst().getAddress()))
            // A new source port for each name is half of the defence against forged answers.
            .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
            .nameServerProvider(name -> servers())
            .hostsFileEntriesResolver((name, types) -> null)
            .resolveCache(ttls)
            .cnameCache(NoopDnsCnameCache.INSTANCE)
            .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
            .completeOncePreferredResolved(true)
            .searchDomains(List.of())
            .ndots(0)
            .queryTimeoutMillis(settings.queryTimeout().toMillis())
            .build();
  }

  /**
   * @param then called once, on the loop
   */
  void ask(String host, Consumer<Answer> then) {
    NodeNames.Known known = node.known();
    if (known.servers().isEmpty()) {
      then.accept(new Answer.Unanswered(known.noServers()));
      return;
    }
    resolver.resolveAll(host).addListener(done -> then.accept(answer(host, done)));
  }

  @Override
  public void close() {
    resolver.close();
  }

  private DnsServerAddressStream servers() {
    return DnsServerAddresses.sequential(node.known().servers()).stream();
  }

  @SuppressWarnings("unchecked")
  private Answer answer(String host, Future<?> done) {
    long ttlSeconds = ttls.take(host);
    if (done.isSuccess()) {
      return new Answer.Found(usable((List<InetAddress>) done.getNow()), ttlSeconds);
    }
    for (Throwable each = done.cause(); each != null; each = each.getCause()) {
      if (each instanceof DnsErrorCauseException said
          && said.getCode().equals(DnsResponseCode.NXDOMAIN)) {
        return new Answer.NoSuchName();
      }
      if (each instanceof DnsNameResolverTimeoutException) {
        return new Answer.Unanswered(
            "no answer within "
                + settings.queryTimeout()
                + " from "
                + node.known().servers()
                + " (expected: a DNS server that the node can reach)");
      }
    }
    return new Answer.Unanswered(String.valueOf(done.cause().getMessage()));
  }

  /** IPv4 if there is any: see {@link DnsSettings}. */
  private static List<InetAddress> usable(List<InetAddress> all) {
    List<InetAddress> ip4 = all.stream().filter(Inet4Address.class::isInstance).toList();
    return ip4.isEmpty() ? List.copyOf(all) : ip4;
  }

  /**
   * Catches the TTLs, which the resolver tells its cache only. Holds those of names being asked.
   */
  private static final class Ttls implements DnsCache {
    private final Map<String, Long> seconds = new HashMap<>();

    long take(String host) {
      Long ttl = seconds.remove(key(host));
      return ttl == null ? 0 : ttl;
    }

    private static String key(String host) {
      String lower = host.toLowerCase(Locale.ROOT);
      return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    @Override
    public DnsCacheEntry cache(
        String host, DnsRecord[] additionals, InetAddress address, long ttl, EventLoop loop) {
      seconds.merge(key(host), ttl, Math::min);
      return new Entry(address);
    }

    @Override
    public @Nullable DnsCacheEntry cache(
        String host, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
      return null;
    }

    @Override
    public List<? extends DnsCacheEntry> get(String host, DnsRecord[] additionals) {
      return List.of();
    }

    @Override
    public void clear() {
      seconds.clear();
    }

    @Override
    public boolean clear(String host) {
      return seconds.remove(key(host)) != null;
    }
  }

  private record Entry(InetAddress address) implements DnsCacheEntry {
    @Override
    public @Nullable Throwable cause() {
      return null;
    }
  }
}
