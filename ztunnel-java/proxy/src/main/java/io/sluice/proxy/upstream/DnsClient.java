package io.sluice.proxy.upstream;

import io.netty.channel.AddressedEnvelope;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsServerAddresses;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseCombiner;
import io.sluice.proxy.doors.OwnSockets;
import io.sluice.proxy.doors.PodSockets;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.transport.Transport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks one pod's DNS servers, on one event loop.
 *
 * <p>Netty does the single query: a random number and a source port of its own for each, answers
 * that do not fit are dropped, TCP where UDP is too short. Which name is asked of whom, and what
 * the answers mean together, is decided here and in {@link DnsAsking}.
 */
final class DnsClient implements DnsQuestions {
  private static final long PREFERRED_NANOS = Duration.ofSeconds(30).toNanos();

  /** Ours is in force; this one ends what was left of a fallback to TCP. */
  private static final long NETTYS_TIMEOUT_MILLIS = 30_000;

  private static final InetSocketAddress NOBODY =
      new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 53);

  /** The machine's network namespace, in which all event loops are. */
  private static final PodSockets MACHINE =
      new PodSockets() {
        @Override
        public <C> C open(Supplier<C> constructor) {
          return constructor.get();
        }
      };

  /**
   * @param fromMachine whether the machine asks for the pod: the server is on its loopback
   */
  private record Way(InetSocketAddress server, boolean fromMachine) {}

  private final EventLoop loop;
  private final DnsSettings settings;
  private final DnsSockets podSockets;
  private final DnsSockets machineSockets;

  // One for each server of the present conf: Netty's keeps whom it asked for ever, and takes one
  // loopback address for another.
  private final Map<Way, DnsNameResolver> resolvers = new HashMap<>();
  private @Nullable ResolverConf present;

  // The server that answered when one before it did not.
  private InetSocketAddress preferred = NOBODY;
  private long preferredUntilNanos;
  private int rotation;

  DnsClient(
      EventLoop loop, PodContext pod, Transport transport, OwnSockets own, DnsSettings settings) {
    this.loop = loop;
    this.settings = settings;
    this.podSockets = new DnsSockets(loop, pod.uid(), pod.sockets(), transport, own);
    this.machineSockets = new DnsSockets(loop, pod.uid(), MACHINE, transport, own);
    this.preferredUntilNanos = now();
  }

  /** Netty's classes look at files when they are loaded: here, and not on an event loop. */
  static void loadClasses(EventLoop loop, PodContext anyPod, OwnSockets own) {
    new DnsClient(loop, anyPod, Transport.EPOLL, own, DnsSettings.DEFAULT)
        .resolver(new Way(NOBODY, false))
        .close();
  }

  private DnsNameResolver resolver(Way way) {
    DnsSockets sockets = sockets(way);
    return new DnsNameResolverBuilder(loop)
        .datagramChannelFactory(sockets::datagram)
        .socketChannelFactory(() -> sockets.stream(way.server().getAddress()))
        .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
        .nameServerProvider(name -> DnsServerAddresses.singleton(NOBODY).stream())
        .hostsFileEntriesResolver((name, types) -> null)
        .resolveCache(NoopDnsCache.INSTANCE)
        .cnameCache(NoopDnsCnameCache.INSTANCE)
        .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
        .searchDomains(List.of())
        .ndots(0)
        .queryTimeoutMillis(NETTYS_TIMEOUT_MILLIS)
        .build();
  }

  @Override
  public void ask(ResolverConf conf, String host, Consumer<Answer> then) {
    assert loop.inEventLoop();
    if (isClosed()) {
      return;
    }
    if (!conf.equals(present)) {
      present = conf;
      closeResolvers();
    }
    if (conf.servers().isEmpty()) {
      then.accept(new Answer.Unanswered(DnsResult.NOT_SENT, conf.noServers()));
      return;
    }
    new DnsAsking(this, conf, host, firstServer(conf), then).begin();
  }

  @Override
  public Future<?> close() {
    assert loop.inEventLoop();
    closeResolvers();
    PromiseCombiner both = new PromiseCombiner(loop);
    both.addAll(podSockets.close(), machineSockets.close());
    Promise<Void> done = loop.newPromise();
    both.finish(done);
    return done;
  }

  private void closeResolvers() {
    resolvers.values().forEach(DnsNameResolver::close);
    resolvers.clear();
  }

  private DnsSockets sockets(Way way) {
    return way.fromMachine() ? machineSockets : podSockets;
  }

  private int firstServer(ResolverConf conf) {
    int count = conf.servers().size();
    if (conf.rotate()) {
      rotation = (rotation + 1) % count;
      return rotation;
    }
    int known = conf.servers().indexOf(preferred);
    return known >= 0 && now() - preferredUntilNanos < 0 ? known : 0;
  }

  /** It answered and one before it did not: it is asked first for a while. */
  void prefer(InetSocketAddress server) {
    preferred = server;
    preferredUntilNanos = now() + PREFERRED_NANOS;
  }

  EventLoop loop() {
    return loop;
  }

  DnsSettings settings() {
    return settings;
  }

  boolean isClosed() {
    return podSockets.isClosed();
  }

  /**
   * One query to one server.
   *
   * @param then called once unless the query is cancelled
   * @return the query, which can be cancelled
   */
  Future<?> query(
      ResolverConf conf,
      InetSocketAddress server,
      String name,
      DnsRecordType type,
      Consumer<DnsReply> then) {
    Promise<AddressedEnvelope<? extends DnsResponse, InetSocketAddress>> promise =
        loop.newPromise();
    DnsQuestion question;
    try {
      question = new DefaultDnsQuestion(name, type);
    } catch (IllegalArgumentException e) {
      // Too long a label, say: no such name can exist.
      then.accept(new DnsReply.NoSuchName());
      return loop.newSucceededFuture(null);
    }
    Way way = new Way(server, conf.isMachines(server));
    try {
      sockets(way).prepare();
    } catch (RuntimeException e) {
      then.accept(new DnsReply.Failed(DnsResult.NOT_SENT, why(e)));
      return loop.newSucceededFuture(null);
    }
    promise.addListener(done -> {
      if (promise.isSuccess()) {
        var envelope = promise.getNow();
        DnsReply reply;
        try {
          reply = reply(envelope.content(), question, server);
        } finally {
          envelope.release();
        }
        then.accept(reply);
      } else if (!promise.isCancelled()) {
        then.accept(
            new DnsReply.Failed(
                DnsResult.NOT_SENT, ResolverConf.shown(server) + ": " + why(promise.cause())));
      }
    });
    resolvers.computeIfAbsent(way, this::resolver).query(server, question, promise);
    return promise;
  }

  private DnsReply reply(DnsResponse response, DnsQuestion question, InetSocketAddress server) {
    String shown = ResolverConf.shown(server);
    try {
      return DnsReply.of(response, question, shown, settings.limits().addressesMax());
    } catch (RuntimeException e) {
      // Netty decodes names inside of records only when they are asked for.
      return new DnsReply.Failed(
          DnsResult.SERVER_FAILURE, shown + " sent what can't be read: " + e.getMessage());
    }
  }

  private static String why(Throwable cause) {
    Throwable deepest = cause;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return String.valueOf(deepest.getMessage());
  }

  private long now() {
    return loop.ticker().nanoTime();
  }
}
