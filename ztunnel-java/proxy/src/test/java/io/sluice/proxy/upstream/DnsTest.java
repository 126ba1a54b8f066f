package io.sluice.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.socket.SocketChannel;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.testkit.Clusters;
import io.sluice.proxy.testkit.DnsServer;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.ScriptedServer;
import io.sluice.proxy.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Names become endpoints; what was learned is kept for its time, and longer while DNS is down. */
@ExtendWith(LeakWatch.class)
class DnsTest {
  private static final String NAME = "api.example.com";
  private static final Duration LONG = Duration.ofMinutes(5);

  @TempDir private Path directory;
  private DnsServer dns;
  private ScriptedServer server;

  @BeforeEach
  void open() {
    dns = new DnsServer();
    server = ScriptedServer.start(InetAddress.ofLiteral("0.0.0.0"), ScriptedServer::echo);
  }

  @AfterEach
  void close() {
    server.close();
    dns.close();
  }

  @ParameterizedTest
  @EnumSource
  void allAddressesAreEndpointsAndAreKept(Transport transport) {
    dns.put(NAME, 60, "127.0.0.1", "127.0.0.2", "127.0.0.3");
    try (UpstreamBench bench = bench(transport, s -> s)) {
      Cluster cluster = Clusters.with(cluster(NAME), LoadBalancer.ROUND_ROBIN);
      Set<InetAddress> reached = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        reached.add(address(bench.tcp(cluster)));
      }
      assertThat(reached).hasSize(3);
      assertThat(dns.asked()).isOne();
    }
  }

  @Test
  void severalNamesAreOneSetAndOneThatFailsIsLeftOut() {
    dns.put(NAME, 60, "127.0.0.1");
    try (UpstreamBench bench = bench(Transport.EPOLL, s -> s)) {
      Cluster cluster = cluster(NAME, "127.0.0.2", "missing.example.com");
      Set<InetAddress> reached = new HashSet<>();
      for (int i = 0; i < 30; i++) {
        reached.add(address(bench.tcp(cluster)));
      }
      assertThat(reached).hasSize(2);
      assertThat(reason(bench, cluster("missing.example.com", "gone.example.com")))
          .contains("missing.example.com: DNS knows no such name", "gone.example.com");
    }
  }

  @Test
  void ip6IsUsedWhereThereIsNoIp4() {
    dns.put(NAME, 60, "127.0.0.1", "::1");
    dns.put("six.example.com", 60, "::1");
    try (ScriptedServer six =
            ScriptedServer.start(InetAddress.ofLiteral("::1"), ScriptedServer::echo);
        UpstreamBench bench = bench(Transport.EPOLL, s -> s)) {
      for (int i = 0; i < 5; i++) {
        assertThat(address(bench.tcp(cluster(NAME)))).isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
      }
      Cluster cluster =
          Clusters.of(
              new Discovery.Dns(List.of(new Discovery.Dns.Name("six.example.com", six.port()))));
      assertThat(address(bench.tcp(cluster))).isEqualTo(InetAddress.ofLiteral("::1"));
    }
  }

  @Test
  void aNameIsAskedForAgainWhenItsTimeIsOver() {
    dns.put(NAME, 0, "127.0.0.1");
    try (UpstreamBench bench = bench(Transport.EPOLL, s -> s)) {
      assertThat(address(bench.tcp(cluster(NAME)))).isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
      dns.put(NAME, 0, "127.0.0.2");
      Eventually.until(
          "the new address is used",
          () -> address(bench.tcp(cluster(NAME))).equals(InetAddress.ofLiteral("127.0.0.2")));
    }
  }

  @Test
  void whileDnsIsDownTheOldAddressIsUsed() {
    dns.put(NAME, 0, "127.0.0.1");
    try (UpstreamBench bench = bench(Transport.EPOLL, s -> s)) {
      bench.tcp(cluster(NAME));
      dns.silent(true);
      int before = dns.asked();
      Eventually.until(
          "DNS was asked in vain, again and again",
          () -> {
            assertThat(address(bench.tcp(cluster(NAME))))
                .isEqualTo(InetAddress.ofLiteral("127.0.0.1"));
            return dns.asked() > before + 2;
          });
      dns.put(NAME, 0, "127.0.0.2");
      dns.silent(false);
      Eventually.until(
          "the new address is used",
          () -> address(bench.tcp(cluster(NAME))).equals(InetAddress.ofLiteral("127.0.0.2")));
    }
  }

  @Test
  void aNameThatDnsHasDroppedIsDropped() {
    dns.put(NAME, 0, "127.0.0.1");
    try (UpstreamBench bench = bench(Transport.EPOLL, s -> s)) {
      bench.tcp(cluster(NAME));
      dns.remove(NAME);
      Eventually.until(
          "it is gone",
          () ->
              bench.acquire(new UpstreamTarget(cluster(NAME), bench.outbound(), false))
                  instanceof Acquired.Failed);
      assertThat(reason(bench, cluster(NAME))).isEqualTo("DNS knows no such name");
    }
  }

  @Test
  void silenceSaysWhoWasAsked() {
    dns.silent(true);
    try (UpstreamBench bench = bench(Transport.EPOLL, s -> s)) {
      assertThat(reason(bench, cluster(NAME)))
          .contains("no answer within PT0.1S", String.valueOf(dns.address().getPort()));
    }
  }

  @Test
  void theHostsFileComesFirstAndIsReadAgain() throws IOException {
    Path hosts = directory.resolve("hosts");
    Files.writeString(hosts, "127.0.0.5 " + NAME + " alias.example.com # comment\n");
    try (UpstreamBench bench = bench(Transport.EPOLL, s -> s)) {
      assertThat(address(bench.tcp(cluster("API.example.com."))))
          .isEqualTo(InetAddress.ofLiteral("127.0.0.5"));
      assertThat(dns.asked()).isZero();
      Files.writeString(hosts, "127.0.0.66 " + NAME + "\n");
      Eventually.until(
          "the file was read again",
          () -> address(bench.tcp(cluster(NAME))).equals(InetAddress.ofLiteral("127.0.0.66")));
    }
  }

  @Test
  void withoutADnsServerTheReasonIsSaid() throws IOException {
    Path resolvConf = directory.resolve("resolv.conf");
    try (UpstreamBench bench = bench(Transport.EPOLL, s -> with(s, List.of()))) {
      assertThat(reason(bench, cluster(NAME))).contains("there is no " + resolvConf);
      Files.writeString(resolvConf, "search example.com\n");
      Eventually.passes(
          () -> assertThat(reason(bench, cluster(NAME))).contains("names no DNS server"));
    }
  }

  @Test
  void aLineOfResolvConfNamesAServer() {
    assertThat(NodeNames.nameServer("nameserver 10.0.0.53")).hasToString("/10.0.0.53");
    assertThat(NodeNames.nameServer("  nameserver\t2001:db8::53  # comment"))
        .isEqualTo(InetAddress.ofLiteral("2001:db8::53"));
    assertThat(NodeNames.nameServer("# nameserver 10.0.0.53")).isNull();
    assertThat(NodeNames.nameServer("nameserver dns.example.com")).isNull();
    assertThat(NodeNames.nameServer("search example.com")).isNull();
    assertThat(NodeNames.nameServer("")).isNull();
  }

  @Test
  void aTtlIsKeptBetweenTheLimits() {
    DnsSettings settings = DnsSettings.DEFAULT;
    assertThat(DnsNames.kept(0, settings)).isEqualTo(Duration.ofSeconds(1));
    assertThat(DnsNames.kept(30, settings)).isEqualTo(Duration.ofSeconds(30));
    assertThat(DnsNames.kept(86_400, settings)).isEqualTo(LONG);
  }

  private UpstreamBench bench(Transport transport, UnaryOperator<DnsSettings> change) {
    DnsSettings settings =
        change.apply(
            new DnsSettings(
                List.of(dns.address()),
                directory.resolve("resolv.conf").toString(),
                directory.resolve("hosts").toString(),
                Duration.ofMillis(20),
                LONG,
                Duration.ofMillis(20),
                Duration.ofHours(1),
                Duration.ofMillis(100),
                Duration.ofMillis(5),
                16));
    return new UpstreamBench(
        transport,
        from ->
            new UpstreamSettings(
                from.transport(),
                from.idlePerEndpointMax(),
                from.idlePerLoopMax(),
                from.idleTimeout(),
                from.connectTriesMax(),
                settings,
                from.tls()));
  }

  private static DnsSettings with(DnsSettings from, List<InetSocketAddress> servers) {
    return new DnsSettings(
        servers,
        from.resolvConf(),
        from.hosts(),
        from.ttlMin(),
        from.ttlMax(),
        from.retryAfter(),
        from.staleMax(),
        from.queryTimeout(),
        from.filesCheckedEvery(),
        from.namesMax());
  }

  private Cluster cluster(String... names) {
    return Clusters.of(
        new Discovery.Dns(
            java.util.stream.Stream.of(names)
                .map(name -> new Discovery.Dns.Name(name, server.port()))
                .toList()));
  }

  private static InetAddress address(UpstreamConnection connection) {
    return ((SocketChannel) connection.channel()).remoteAddress().getAddress();
  }

  private static String reason(UpstreamBench bench, Cluster cluster) {
    Failure failure = bench.failure(cluster);
    assertThat(failure).isInstanceOf(Failure.NameNotResolved.class);
    return ((Failure.NameNotResolved) failure).reason();
  }
}
