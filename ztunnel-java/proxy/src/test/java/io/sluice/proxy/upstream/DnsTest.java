package io.sluice.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.proxy.doors.PodSockets;
import io.sluice.proxy.doors.ResolverFiles;
import io.sluice.proxy.fault.Failure;
import io.sluice.proxy.intercept.Direction;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.testkit.Clusters;
import io.sluice.proxy.testkit.DnsServer;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.LoopbackDoors;
import io.sluice.proxy.testkit.Loops;
import io.sluice.proxy.testkit.ScriptedServer;
import io.sluice.proxy.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Names become endpoints: real sockets and a real server. */
@ExtendWith(LeakWatch.class)
class DnsTest {
  private static final String NAME = "api.example.com";
  private static final InetAddress ONE = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress TWO = InetAddress.ofLiteral("127.0.0.2");

  /** A query timeout that no test waits for. */
  private static final Duration HANGING = Duration.ofSeconds(15);

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
    try (UpstreamBench bench = bench(transport)) {
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
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
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
        UpstreamBench bench = bench(Transport.EPOLL)) {
      for (int i = 0; i < 5; i++) {
        assertThat(address(bench.tcp(cluster(NAME)))).isEqualTo(ONE);
      }
      Cluster cluster =
          Clusters.of(
              new Discovery.Dns(List.of(new Discovery.Dns.Name("six.example.com", six.port()))));
      assertThat(address(bench.tcp(cluster))).isEqualTo(InetAddress.ofLiteral("::1"));
    }
  }

  @Test
  void aServerThatDoesNotAnswerForIp6HoldsNothingUp() {
    dns.put(NAME, 60, "127.0.0.1");
    dns.silentFor(NAME + ":AAAA");
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      assertThat(address(bench.tcp(cluster(NAME)))).isEqualTo(ONE);
      assertThat(bench.upstreams.dns().queries()).containsEntry(DnsResult.TIMEOUT, 0L);
    }
  }

  @Test
  void aliasesAreFollowed() {
    dns.alias(NAME, "real.example.net");
    dns.put("real.example.net", 60, "127.0.0.2");
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      assertThat(address(bench.tcp(cluster(NAME)))).isEqualTo(TWO);
    }
  }

  @Test
  void anAnswerThatIsTooLongForUdpComesOverTcpAndItsSocketIsExempt() {
    dns.put(NAME, 60, "127.0.0.2");
    dns.truncating();
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      assertThat(address(bench.tcp(cluster(NAME)))).isEqualTo(TWO);
      assertThat(dns.askedByTcp()).isEqualTo(2);
      assertThat(bench.doors.own().exempted()).as("A, AAAA, the upstream").hasSize(3);
    }
  }

  @Test
  void forgedAnswersAreDropped() {
    dns.put(NAME, 60, "127.0.0.2");
    dns.forging();
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      assertThat(address(bench.tcp(cluster(NAME)))).isEqualTo(TWO);
    }
  }

  @Test
  void eachQuestionHasASourcePortOfItsOwn() {
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      for (int i = 0; i < 20; i++) {
        dns.put(i + ".example.com", 60, "127.0.0.1");
        bench.tcp(cluster(i + ".example.com"));
      }
      assertThat(dns.questions()).hasSize(40);
      assertThat(dns.sourcePorts())
          .as("the kernel draws them, and may draw one twice")
          .hasSizeGreaterThan(30);
    }
  }

  @Test
  void aPodsNamesAreAskedForOnceForAllLoops() {
    dns.put(NAME, 60, "127.0.0.1");
    try (UpstreamBench bench = bench(Transport.EPOLL, 4, List.of(dns.address()))) {
      List<CompletableFuture<Acquired>> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        UpstreamTarget target = new UpstreamTarget(cluster(NAME), bench.outbound(), false);
        all.add(bench.begin(target, bench.nextLoop()));
      }
      all.forEach(each -> UpstreamBench.ready(UpstreamBench.await(each)));
      assertThat(dns.questions()).containsExactlyInAnyOrder(NAME + ":A", NAME + ":AAAA");
      assertThat(bench.upstreams.dns().queries()).containsEntry(DnsResult.ANSWERED, 1L);
      assertThat(bench.upstreams.dns().names()).isOne();
    }
  }

  @Test
  void whileDnsIsDownTheOldAddressIsUsed() {
    dns.put(NAME, 0, "127.0.0.1");
    try (UpstreamBench bench =
        bench(Transport.EPOLL, Duration.ofMillis(100), List.of(dns.address()))) {
      awaitKnown(bench);
      dns.silent(true);
      int before = dns.asked();
      Eventually.until(
          "DNS was asked in vain, again and again",
          () -> {
            assertThat(address(bench.tcp(cluster(NAME)))).isEqualTo(ONE);
            return dns.asked() > before + 2;
          });
      assertThat(bench.upstreams.dns().staleAnswers()).isPositive();
      dns.put(NAME, 0, "127.0.0.2");
      dns.silent(false);
      Eventually.until(
          "the new address is used", () -> address(bench.tcp(cluster(NAME))).equals(TWO));
    }
  }

  @Test
  void aServerThatComesBackWithAnotherAnswerIsHeard() {
    dns.put(NAME, 0, "127.0.0.1");
    InetSocketAddress address = dns.address();
    try (UpstreamBench bench =
        bench(Transport.EPOLL, Duration.ofMillis(100), List.of(dns.address()))) {
      awaitKnown(bench);
      dns.close();
      assertThat(address(bench.tcp(cluster(NAME)))).isEqualTo(ONE);
      dns = new DnsServer(address);
      dns.put(NAME, 60, "127.0.0.2");
      Eventually.until(
          "the new address is used", () -> address(bench.tcp(cluster(NAME))).equals(TWO));
    }
  }

  @Test
  void aNameThatDnsHasDroppedIsDropped() {
    dns.put(NAME, 0, "127.0.0.1");
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      bench.tcp(cluster(NAME));
      dns.remove(NAME);
      Eventually.until(
          "it is gone",
          () ->
              bench.acquire(new UpstreamTarget(cluster(NAME), bench.outbound(), false))
                  instanceof Acquired.Failed);
      assertThat(reason(bench, cluster(NAME)))
          .isEqualTo(
              "DNS knows no such name (says 127.0.0.1 port " + dns.address().getPort() + ")");
    }
  }

  @Test
  void aNameWithoutAnAddress() {
    dns.put(NAME, 60);
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      assertThat(reason(bench, cluster(NAME))).startsWith("DNS knows no address of it");
      assertThat(bench.upstreams.dns().queries()).containsEntry(DnsResult.NO_ADDRESS, 1L);
    }
  }

  @Test
  void silenceSaysWhoWasAsked() {
    dns.silent(true);
    try (UpstreamBench bench =
        bench(Transport.EPOLL, Duration.ofMillis(100), List.of(dns.address()))) {
      assertThat(reason(bench, cluster(NAME)))
          .isEqualTo(
              "no answer within PT0.1S from 127.0.0.1 port "
                  + dns.address().getPort()
                  + " (expected: a DNS server that the pod can reach)");
      assertThat(dns.asked()).as("attempts").isEqualTo(2);
    }
  }

  @Test
  void aServerThatFailsIsFollowedByTheNext() {
    dns.fail(NAME, DnsResponseCode.SERVFAIL);
    try (DnsServer second = new DnsServer();
        UpstreamBench bench = bench(Transport.EPOLL, 1, List.of(dns.address(), second.address()))) {
      dns.put(NAME, 60, "127.0.0.1");
      second.put(NAME, 60, "127.0.0.2");
      second.put("b.example.com", 60, "127.0.0.2");
      assertThat(address(bench.tcp(cluster(NAME)))).isEqualTo(TWO);
      bench.tcp(cluster("b.example.com"));
      assertThat(dns.questions())
          .as("the second is preferred now")
          .doesNotContain("b.example.com:A");
    }
  }

  @Test
  void serversOnLoopbackAreNotTakenForOneAnother() {
    InetSocketAddress six =
        new InetSocketAddress(InetAddress.ofLiteral("::1"), dns.address().getPort());
    InetSocketAddress four =
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.53"), dns.address().getPort());
    dns.fail(NAME, DnsResponseCode.SERVFAIL);
    dns.put(NAME, 60, "127.0.0.1");
    try (DnsServer third = new DnsServer(four);
        UpstreamBench bench = bench(Transport.EPOLL, HANGING, List.of(six, dns.address(), four))) {
      third.put(NAME, 60, "127.0.0.2");
      assertThat(address(bench.tcp(cluster(NAME)))).isEqualTo(TWO);
      assertThat(dns.asked()).as("the third was heard at once").isOne();
    }
  }

  @Test
  void theMachineAsksItsOwnLoopbackAndThePodsSocketsEndWithIt() {
    dns.put(NAME, 60, "127.0.0.2");
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      var sockets = (LoopbackDoors.CountingPodSockets) bench.pod.sockets();
      DnsClient client =
          Loops.on(
              bench.loop,
              () ->
                  new DnsClient(
                      bench.loop,
                      bench.pod,
                      Transport.EPOLL,
                      bench.doors.own(),
                      DnsSettings.DEFAULT));
      assertThat(ask(bench, client, true)).isInstanceOf(DnsQuestions.Answer.Found.class);
      assertThat(sockets.opened()).isZero();
      assertThat(ask(bench, client, false)).isInstanceOf(DnsQuestions.Answer.Found.class);
      assertThat(sockets.opened()).isEqualTo(2);

      dns.silent(true);
      int before = dns.questions().size();
      bench.loop.execute(() -> client.ask(loopback(true), "late.example.com", answer -> {}));
      Eventually.until("it was asked", () -> dns.questions().size() == before + 2);
      assertThat(Loops.on(bench.loop, client::close).awaitUninterruptibly(20_000)).isTrue();
    }
  }

  private DnsQuestions.Answer ask(UpstreamBench bench, DnsClient client, boolean machines) {
    CompletableFuture<DnsQuestions.Answer> said = new CompletableFuture<>();
    bench.loop.execute(() -> client.ask(loopback(machines), NAME, said::complete));
    return UpstreamBench.await(said);
  }

  private ResolverConf loopback(boolean machines) {
    return new ResolverConf(
        List.of(dns.address()), List.of(), Duration.ofSeconds(15), 1, false, machines, "");
  }

  @Test
  void aPodWhoseFilesHangHoldsNobodyElseUp() throws IOException {
    CountDownLatch hanging = new CountDownLatch(1);
    ResolverFiles files = new HangingFiles(hanging);
    PodContext other = LoopbackDoors.pod("other", files);
    Files.writeString(directory.resolve("hosts"), "127.0.0.2 " + NAME + "\n");
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      InterceptedConnection connection =
          new InterceptedConnection(
              Direction.OUTBOUND, other, UpstreamBench.SOMEWHERE, UpstreamBench.CLIENT);
      CompletableFuture<Acquired> waiting =
          bench.begin(new UpstreamTarget(cluster(NAME), connection, false));
      assertThat(address(bench.tcp(cluster(NAME)))).isEqualTo(TWO);
      assertThat(waiting).isNotDone();
    } finally {
      hanging.countDown();
    }
  }

  /** On a file system that answers when it likes. */
  private record HangingFiles(CountDownLatch until) implements ResolverFiles {
    @Override
    public Text resolvConf() throws IOException {
      try {
        until.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      return new Text("", "", false);
    }

    @Override
    public Text hosts() {
      return new Text("", "", false);
    }
  }

  @Test
  void filesAreReadAgainAfterAFault() throws IOException {
    Files.writeString(
        directory.resolve("resolv.conf"), "nameserver fe80::1%eth0\nsearch example.com\n");
    PodContext pod = LoopbackDoors.pod("web");
    AtomicInteger faults = new AtomicInteger();
    PodSockets faulty =
        new PodSockets() {
          @Override
          public <C> C open(Supplier<C> constructor) {
            if (faults.getAndIncrement() == 0) {
              throw new IllegalStateException("out of descriptors");
            }
            return pod.sockets().open(constructor);
          }
        };
    dns.put("api.example.com", 60, "127.0.0.2");
    try (UpstreamBench bench =
        bench(Transport.EPOLL, 1, Duration.ofSeconds(5), List.of(dns.address()), faulty)) {
      assertThat(address(bench.tcp(cluster("api")))).isEqualTo(TWO);
    }
  }

  @Test
  void whatTheFirstServerSaysDoesNotExistIsNotAskedOfTheSecond() {
    try (DnsServer second = new DnsServer();
        UpstreamBench bench = bench(Transport.EPOLL, 1, List.of(dns.address(), second.address()))) {
      second.put(NAME, 60, "127.0.0.2");
      assertThat(reason(bench, cluster(NAME))).startsWith("DNS knows no such name");
      assertThat(second.questions()).isEmpty();
    }
  }

  @Test
  void refusalsAreCounted() {
    dns.put(NAME, 60, "127.0.0.1");
    dns.fail(NAME, DnsResponseCode.REFUSED);
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      assertThat(reason(bench, cluster(NAME))).contains("answered Refused");
      assertThat(bench.upstreams.dns().queries()).containsEntry(DnsResult.REFUSED, 1L);
    }
  }

  @Test
  void theSearchListIsThePods() throws IOException {
    Files.writeString(directory.resolve("resolv.conf"), "search shop.local example.com\n");
    dns.put("api.example.com", 60, "127.0.0.1");
    dns.put("db.shop", 60, "127.0.0.2");
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      assertThat(address(bench.tcp(cluster("api")))).isEqualTo(ONE);
      assertThat(dns.questions().stream().filter(each -> each.endsWith(":A")))
          .containsExactly("api.shop.local:A", "api.example.com:A");
      assertThat(address(bench.tcp(cluster("db.shop")))).isEqualTo(TWO);
      assertThat(reason(bench, cluster("api."))).startsWith("DNS knows no such name");
      // A server that fails for one name of the list must not give the host another meaning.
      dns.fail("mail.shop.local", DnsResponseCode.SERVFAIL);
      dns.put("mail.shop.local", 60, "127.0.0.1");
      dns.put("mail.example.com", 60, "127.0.0.1");
      assertThat(reason(bench, cluster("mail"))).contains("answered ServFail");
    }
  }

  @Test
  void aNameThatCanNotBe() {
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      assertThat(reason(bench, cluster("x".repeat(64) + ".example.com"))).contains("no such name");
      assertThat(dns.asked()).isZero();
    }
  }

  @Test
  void theHostsFileComesFirstAndIsReadAgain() throws IOException {
    Path hosts = directory.resolve("hosts");
    Files.writeString(hosts, "127.0.0.5 " + NAME + " alias.example.com # comment\n");
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
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
    try (UpstreamBench bench = bench(Transport.EPOLL, 1, List.of())) {
      assertThat(reason(bench, cluster(NAME)))
          .isEqualTo("there is no resolv.conf (" + resolvConf + ")");
      Files.writeString(resolvConf, "search example.com\n");
      Eventually.passes(
          () -> assertThat(reason(bench, cluster(NAME))).contains("names no DNS server"));
      Files.writeString(resolvConf, "x".repeat(ResolverFiles.BYTES_MAX + 1));
      Eventually.passes(() -> assertThat(reason(bench, cluster(NAME))).contains("is too long"));
      Files.delete(resolvConf);
      Files.createDirectory(resolvConf);
      Eventually.passes(
          () -> assertThat(reason(bench, cluster(NAME))).contains("is no regular file"));
    }
  }

  @Test
  void aPodThatGoesTakesItsSocketsAlong() {
    dns.silent(true);
    try (UpstreamBench bench = bench(Transport.EPOLL, HANGING, List.of(dns.address()))) {
      CompletableFuture<Acquired> waiting =
          bench.begin(new UpstreamTarget(cluster(NAME), bench.outbound(), false));
      Eventually.until("it was asked", () -> dns.questions().size() == 2);
      var sockets = (LoopbackDoors.CountingPodSockets) bench.pod.sockets();
      assertThat(sockets.opened()).isEqualTo(2);
      sockets.gone();
      UpstreamBench.await(bench.upstreams.closePod(bench.pod));
      assertThat(UpstreamBench.failure(UpstreamBench.await(waiting)))
          .isInstanceOf(Failure.PodGone.class);
      assertThat(bench.upstreams.dns().names()).isZero();
      assertThat(whose(bench, ONE, NAME)).isEmpty();
      assertThat(sockets.opened()).isEqualTo(2);
    }
  }

  @Test
  void aPodThatIsGoneAsksNobody() {
    dns.put(NAME, 60, "127.0.0.1");
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      ((LoopbackDoors.CountingPodSockets) bench.pod.sockets()).gone();
      assertThat(reason(bench, cluster(NAME))).contains("is gone");
      assertThat(dns.asked()).isZero();
    }
  }

  @Test
  void whoseAddressItIs() {
    dns.put("a.example.com", 60, "127.0.0.1", "127.0.0.2");
    dns.put("b.example.com", 60, "127.0.0.2", "127.0.0.3", "2001:db8::3");
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      String[] both = {"missing.example.com", "a.example.com", "b.example.com"};
      assertThat(whose(bench, TWO, both)).contains("a.example.com");
      assertThat(whose(bench, InetAddress.ofLiteral("127.0.0.3"), both)).contains("b.example.com");
      assertThat(whose(bench, InetAddress.ofLiteral("2001:db8::3"), both))
          .contains("b.example.com");
      assertThat(whose(bench, mapped(), both)).contains("a.example.com");
      assertThat(whose(bench, InetAddress.ofLiteral("127.0.0.4"), both)).isEmpty();
      assertThat(whose(bench, ONE)).isEmpty();
      assertThat(dns.questions()).containsOnlyOnce("a.example.com:A", "b.example.com:A");
    }
  }

  @Test
  void whatIsKnownIsSaidAtOnceOnAnyLoop() {
    dns.put(NAME, 60, "127.0.0.1");
    try (UpstreamBench bench = bench(Transport.EPOLL, 3, List.of(dns.address()))) {
      assertThat(whose(bench, ONE, NAME)).contains(NAME);
      for (int i = 0; i < 3; i++) {
        EventLoop loop = bench.nextLoop();
        Loops.run(
            loop,
            () -> {
              List<Optional<String>> said = new ArrayList<>();
              bench.upstreams.whose(bench.pod, ONE, List.of(NAME), loop, said::add);
              assertThat(said).containsExactly(Optional.of(NAME));
            });
      }
      assertThat(dns.asked()).isOne();
    }
  }

  @Test
  void whoeverIsNotKnownInTimeIsPassedOver() {
    dns.put(NAME, 60, "127.0.0.1");
    dns.silentFor("slow.example.com");
    try (UpstreamBench bench = bench(Transport.EPOLL, HANGING, List.of(dns.address()))) {
      awaitKnown(bench);
      assertThat(whose(bench, ONE, "slow.example.com", NAME)).contains(NAME);
      assertThat(whose(bench, TWO, "slow.example.com", NAME)).isEmpty();
    }
  }

  @Test
  void theHostsThatAreLookedAtAreLimited() {
    dns.put(NAME, 60, "127.0.0.1");
    try (UpstreamBench bench = bench(Transport.EPOLL)) {
      List<String> many = new ArrayList<>(java.util.Collections.nCopies(4, "127.0.0.9"));
      assertThat(whose(bench, ONE, many.toArray(String[]::new))).isEmpty();
      many.add(NAME);
      assertThat(whose(bench, ONE, many.toArray(String[]::new))).isEmpty();
      assertThat(dns.asked()).isZero();
    }
  }

  /** The first query of a cold JVM may take longer than the test's query timeout. */
  private void awaitKnown(UpstreamBench bench) {
    Eventually.until(
        NAME + " is known",
        () ->
            bench.acquire(new UpstreamTarget(cluster(NAME), bench.outbound(), false))
                instanceof Acquired.Ready);
  }

  /** ::ffff:127.0.0.1, which Java makes IPv4 by itself wherever it can. */
  private static InetAddress mapped() {
    try {
      byte[] bytes = new byte[16];
      bytes[10] = -1;
      bytes[11] = -1;
      bytes[12] = 127;
      bytes[15] = 1;
      return java.net.Inet6Address.getByAddress(null, bytes, -1);
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static Optional<String> whose(UpstreamBench bench, InetAddress address, String... hosts) {
    CompletableFuture<Optional<String>> said = new CompletableFuture<>();
    bench.loop.execute(() ->
        bench.upstreams.whose(
            bench.pod,
            address,
            List.of(hosts),
            bench.loop,
            host -> assertThat(said.complete(host)).as("called once").isTrue()));
    return UpstreamBench.await(said);
  }

  private UpstreamBench bench(Transport transport) {
    return bench(transport, 1, List.of(dns.address()));
  }

  private UpstreamBench bench(Transport transport, int loops, List<InetSocketAddress> servers) {
    return bench(transport, loops, Duration.ofSeconds(5), servers);
  }

  private UpstreamBench bench(
      Transport transport, Duration queryTimeout, List<InetSocketAddress> servers) {
    return bench(transport, 1, queryTimeout, servers);
  }

  private UpstreamBench bench(
      Transport transport, int loops, Duration queryTimeout, List<InetSocketAddress> servers) {
    return bench(transport, loops, queryTimeout, servers, LoopbackDoors.pod("web").sockets());
  }

  private UpstreamBench bench(
      Transport transport,
      int loops,
      Duration queryTimeout,
      List<InetSocketAddress> servers,
      PodSockets sockets) {
    // Where all queries are answered, the time of a slow machine shall not count.
    Duration whoseMax = Duration.ofMillis(queryTimeout.equals(HANGING) ? 400 : 10_000);
    DnsSettings settings =
        new DnsSettings(
            servers,
            Duration.ofMillis(5),
            queryTimeout,
            Duration.ofSeconds(20),
            new DnsSettings.Keeping(
                Duration.ofMillis(20),
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                Duration.ofMillis(50),
                Duration.ofMillis(20),
                Duration.ofMillis(40),
                Duration.ofMillis(20)),
            DnsSettings.Limits.DEFAULT,
            new DnsSettings.Whose(4, whoseMax));
    PodContext pod =
        new PodContext(
            "uid-web",
            LoopbackDoors.pod("web").present(),
            sockets,
            ResolverFiles.at(directory.resolve("resolv.conf"), directory.resolve("hosts")));
    return new UpstreamBench(
        transport,
        loops,
        pod,
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
