package io.sluice.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.sluice.proxy.upstream.DnsQuestions.Answer;
import io.sluice.proxy.upstream.DnsSettings.Keeping;
import io.sluice.proxy.upstream.DnsSettings.Limits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is kept of names and for how long, on a clock that the test moves. */
class PodNamesTest {
  private static final String NAME = "api.example.com";
  private static final Keeping KEEPING = Keeping.DEFAULT;

  private final MockTicker ticker = Ticker.newMockTicker();
  private final EmbeddedChannel channel = EmbeddedChannel.builder().ticker(ticker).build();
  private final EventLoop loop = channel.eventLoop();
  private final FakeDns dns = new FakeDns();
  private final DnsCounts counts = new DnsCounts();
  private PodNames names = names(Limits.DEFAULT, true);

  @AfterEach
  void end() {
    channel.finishAndReleaseAll();
  }

  @Test
  void aThousandRequestsWaitForOneQuestion() {
    List<List<String>> answers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      answers.add(get(NAME));
    }
    assertThat(dns.asked).containsExactly(NAME);
    dns.answer(NAME, 30, "10.0.0.1");
    assertThat(answers).allSatisfy(each -> assertThat(each).containsExactly("10.0.0.1"));
    assertThat(get(NAME)).containsExactly("10.0.0.1");
    assertThat(dns.asked).hasSize(1);
  }

  @Test
  void aUsedNameIsAskedAgainBeforeItsTimeIsOverAndNobodyWaits() {
    get(NAME);
    dns.answer(NAME, 100, "10.0.0.1");
    get(NAME);
    after(Duration.ofSeconds(74));
    assertThat(dns.asked).hasSize(1);
    after(Duration.ofSeconds(17));
    assertThat(dns.asked).as("asked at 75 to 90 % of its time").hasSize(2);
    assertThat(get(NAME)).as("while it is asked").containsExactly("10.0.0.1");
    dns.answer(NAME, 100, "10.0.0.2");
    assertThat(get(NAME)).containsExactly("10.0.0.2");
  }

  @Test
  void aNameThatNobodyUsesIsNotAskedAgainAndThenForgotten() {
    get(NAME);
    dns.answer(NAME, 100, "10.0.0.1");
    after(Duration.ofSeconds(99));
    assertThat(dns.asked).hasSize(1);
    assertThat(counts.figures().names()).isOne();
    after(KEEPING.staleMax().plusSeconds(2));
    assertThat(dns.asked).hasSize(1);
    assertThat(counts.figures().names()).isZero();
  }

  @Test
  void theFirstUserAfterTheRefreshTimeSetsItOff() {
    get(NAME);
    dns.answer(NAME, 100, "10.0.0.1");
    after(Duration.ofSeconds(95));
    assertThat(get(NAME)).containsExactly("10.0.0.1");
    channel.runPendingTasks();
    assertThat(dns.asked).hasSize(2);
  }

  @Test
  void ttl0IsKeptForTheShortestTime() {
    get(NAME);
    dns.answer(NAME, 0, "10.0.0.1");
    after(KEEPING.ttlMin().dividedBy(2));
    assertThat(get(NAME)).containsExactly("10.0.0.1");
    assertThat(dns.asked).hasSize(1);
    after(KEEPING.ttlMin());
    assertThat(dns.asked).hasSize(2);
  }

  @Test
  void aTtlIsKeptBetweenTheLimits() {
    assertThat(CachedName.kept(0, KEEPING)).isEqualTo(Duration.ofSeconds(1));
    assertThat(CachedName.kept(-5, KEEPING)).isEqualTo(Duration.ofSeconds(1));
    assertThat(CachedName.kept(30, KEEPING)).isEqualTo(Duration.ofSeconds(30));
    assertThat(CachedName.kept(86_400, KEEPING)).isEqualTo(Duration.ofMinutes(5));
    assertThat(CachedName.kept(Long.MAX_VALUE, KEEPING)).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void whileDnsIsDownTheOldAnswerIsUsedAndDnsIsAskedEverMoreSeldom() {
    get(NAME);
    dns.answer(NAME, 10, "10.0.0.1");
    int questions = 0;
    for (int second = 0; second < 600; second++) {
      assertThat(get(NAME)).containsExactly("10.0.0.1");
      after(Duration.ofSeconds(1));
      if (dns.waiting.containsKey(NAME)) {
        questions++;
        dns.fail(NAME);
      }
    }
    assertThat(questions).isBetween(50, 80);
    assertThat(counts.figures().staleAnswers()).isGreaterThan(500);
    after(KEEPING.retryMax());
    dns.answer(NAME, 10, "10.0.0.2");
    assertThat(get(NAME)).as("DNS is up again").containsExactly("10.0.0.2");
  }

  @Test
  void theOldAnswerIsNotUsedForEver() {
    get(NAME);
    dns.answer(NAME, 10, "10.0.0.1");
    get(NAME);
    after(Duration.ofSeconds(9));
    dns.fail(NAME);
    get(NAME);
    after(KEEPING.staleMax().plusSeconds(20));
    dns.failAll();
    List<String> late = get(NAME);
    dns.failAll();
    assertThat(late).containsExactly("no answer from 10.0.0.53 port 53");
  }

  @Test
  void slowDnsIsNotWaitedForWhereThereIsAnOldAnswer() {
    get(NAME);
    dns.answer(NAME, 10, "10.0.0.1");
    after(Duration.ofSeconds(30));
    List<String> waited = get(NAME);
    assertThat(waited).isEmpty();
    after(KEEPING.staleWait());
    assertThat(waited).containsExactly("10.0.0.1");
    assertThat(counts.figures().staleAnswers()).isOne();
    assertThat(get(NAME)).containsExactly("10.0.0.1");
    assertThat(dns.asked).hasSize(2);
    dns.answer(NAME, 10, "10.0.0.2");
    assertThat(get(NAME)).containsExactly("10.0.0.2");
  }

  @Test
  void aFailureIsRememberedShortly() {
    List<String> first = get(NAME);
    dns.fail(NAME);
    assertThat(first).containsExactly("no answer from 10.0.0.53 port 53");
    assertThat(get(NAME)).containsExactly("no answer from 10.0.0.53 port 53");
    assertThat(dns.asked).hasSize(1);
    after(KEEPING.retryAfter());
    get(NAME);
    assertThat(dns.asked).hasSize(2);
  }

  @Test
  void aNameThatIsGoneIsForgotten() {
    get(NAME);
    dns.answer(NAME, 10, "10.0.0.1");
    get(NAME);
    after(Duration.ofSeconds(9));
    dns.absent(NAME);
    assertThat(get(NAME)).containsExactly("DNS knows no such name");
    after(KEEPING.absentFor());
    List<String> again = get(NAME);
    dns.fail(NAME);
    assertThat(again)
        .as("nothing stale comes back")
        .containsExactly("no answer from 10.0.0.53 port 53");
  }

  @Test
  void theNamesAreLimited() {
    names = names(new Limits(4, 8, 2, 3), true);
    get("a.x");
    get("b.x");
    get("c.x");
    assertThat(dns.asked).as("at a time").containsExactly("a.x", "b.x");
    dns.answer("b.x", 30, "10.0.0.2");
    assertThat(dns.asked).containsExactly("a.x", "b.x", "c.x");
    after(Duration.ofSeconds(1));
    dns.answer("a.x", 30, "10.0.0.1");
    dns.answer("c.x", 30, "10.0.0.3");
    get("d.x");
    dns.answer("d.x", 30, "10.0.0.4");
    get("a.x");
    get("e.x");
    assertThat(counts.figures().names()).isEqualTo(4);
    assertThat(get("a.x")).as("it was used").containsExactly("10.0.0.1");
    get("b.x");
    assertThat(dns.asked).as("b.x had to go").endsWith("e.x", "b.x");
  }

  @Test
  void whoeverWaitsIsLimited() {
    names = names(new Limits(1, 8, 2, 3), true);
    for (int i = 0; i < 3; i++) {
      assertThat(get(NAME)).isEmpty();
    }
    assertThat(get(NAME)).containsExactly("3 requests wait for DNS already");
    assertThat(get("other.x")).containsExactly("1 names are being asked for already");
  }

  @Test
  void otherFilesMeanOtherAnswers() {
    List<String> early = getBefore(NAME);
    assertThat(dns.asked).isEmpty();
    names.view(view("10.0.0.53"));
    assertThat(dns.asked).hasSize(1);
    names.view(view("10.0.0.54"));
    dns.answer(NAME, 30, "10.0.0.1");
    assertThat(early).as("asked of the old server").isEmpty();
    dns.answer(NAME, 30, "10.0.0.2");
    assertThat(early).containsExactly("10.0.0.2");
    get(NAME);
    names.view(view("10.0.0.55"));
    assertThat(get(NAME)).as("until the new one answers").containsExactly("10.0.0.2");
    dns.answer(NAME, 30, "10.0.0.3");
    assertThat(get(NAME)).containsExactly("10.0.0.3");
  }

  @Test
  void theHostsFileIsNotAskedFor() {
    names.view(
        new PodView(
            view("10.0.0.53").conf(), Map.of("listed.example.com", List.of(ip("10.0.0.9")))));
    assertThat(get("Listed.Example.com.")).containsExactly("10.0.0.9");
    assertThat(get("192.0.2.1")).containsExactly("192.0.2.1");
    assertThat(get("2001:db8::1")).containsExactly("2001:db8:0:0:0:0:0:1");
    assertThat(dns.asked).isEmpty();
  }

  @Test
  void ip4IsDialledWhereThereIsBothAndIp6WhereThereIsOnlyThat() {
    get(NAME);
    dns.answer(NAME, 30, "2001:db8::1", "10.0.0.1");
    assertThat(get(NAME)).containsExactly("10.0.0.1");
    get("six.x");
    dns.answer("six.x", 30, "2001:db8::1");
    assertThat(get("six.x")).containsExactly("2001:db8:0:0:0:0:0:1");
  }

  @Test
  void filesThatCanNotBeReadAreNotWaitedForForEver() {
    names = names(Limits.DEFAULT, false);
    List<String> waiting = get(NAME);
    after(DnsSettings.DEFAULT.askMax().minusSeconds(1));
    assertThat(waiting).isEmpty();
    after(Duration.ofSeconds(1));
    dns.fail(NAME);
    assertThat(waiting).hasSize(1);
    assertThat(Objects.requireNonNull(dns.confs.get(NAME)).noServers())
        .startsWith("its resolv.conf was not read within PT10S (maybe the file system");

    names.view(view("10.0.0.53"));
    after(KEEPING.retryAfter());
    List<String> later = get(NAME);
    dns.answer(NAME, 30, "10.0.0.1");
    assertThat(later).containsExactly("10.0.0.1");
  }

  @Test
  void thePodGoesInTheMiddleOfAQuestion() {
    List<String> waiting = get(NAME);
    get("known.x");
    dns.answer("known.x", 30, "10.0.0.1");
    names.close();
    assertThat(waiting).containsExactly("pod uid is gone");
    assertThat(get("known.x")).containsExactly("pod uid is gone");
    assertThat(counts.figures().names()).isZero();
    dns.answer(NAME, 30, "10.0.0.1");
    assertThat(get(NAME)).containsExactly("pod uid is gone");
  }

  @Test
  void everyResultIsCounted() {
    get("a.x");
    dns.answer("a.x", 30, "10.0.0.1");
    get("b.x");
    dns.absent("b.x");
    get("c.x");
    dns.fail("c.x");
    assertThat(counts.figures().queries())
        .containsEntry(DnsResult.ANSWERED, 1L)
        .containsEntry(DnsResult.NO_SUCH_NAME, 1L)
        .containsEntry(DnsResult.TIMEOUT, 1L)
        .containsEntry(DnsResult.REFUSED, 0L);
  }

  private PodNames names(Limits limits, boolean withView) {
    DnsSettings from = DnsSettings.DEFAULT;
    DnsSettings settings =
        new DnsSettings(
            from.servers(),
            from.filesCheckedEvery(),
            from.queryTimeout(),
            from.askMax(),
            KEEPING,
            limits,
            from.whose());
    PodNames made = new PodNames("uid", loop, settings, dns, counts);
    if (withView) {
      made.view(view("10.0.0.53"));
    }
    return made;
  }

  private static PodView view(String server) {
    return new PodView(
        new ResolverConf(
            List.of(new InetSocketAddress(ip(server), 53)),
            List.of(),
            Duration.ofSeconds(2),
            2,
            false,
            false,
            ""),
        Map.of());
  }

  private void after(Duration time) {
    // In steps, as time passes: a timer may set another one.
    Duration step = time.dividedBy(20);
    for (int i = 0; i < 20; i++) {
      ticker.advance(step.toNanos(), TimeUnit.NANOSECONDS);
      channel.runPendingTasks();
    }
  }

  private List<String> getBefore(String host) {
    names = names(Limits.DEFAULT, false);
    return get(host);
  }

  /** The addresses that came, or the reason why none did; empty until then. */
  private List<String> get(String host) {
    List<String> out = new ArrayList<>();
    names.addresses(
        host,
        loop,
        found -> {
          assertThat(out).as("called once").isEmpty();
          if (found.usable().isEmpty()) {
            out.add(found.reason());
          }
          found.usable().forEach(each -> out.add(each.getHostAddress()));
        });
    return out;
  }

  private static InetAddress ip(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  /** Answers when the test says so. */
  private final class FakeDns implements DnsQuestions {
    final List<String> asked = new ArrayList<>();
    final Map<String, Consumer<Answer>> waiting = new LinkedHashMap<>();
    final Map<String, ResolverConf> confs = new HashMap<>();
    private boolean closed;

    @Override
    public void ask(ResolverConf conf, String host, Consumer<Answer> then) {
      confs.put(host, conf);
      asked.add(host);
      assertThat(waiting.put(host, then)).as("asked once at a time").isNull();
    }

    @Override
    public Future<?> close() {
      closed = true;
      return loop.newSucceededFuture(null);
    }

    void answer(String host, long ttlSeconds, String... addresses) {
      tell(host, new Answer.Found(Stream.of(addresses).map(PodNamesTest::ip).toList(), ttlSeconds));
    }

    void absent(String host) {
      tell(host, new Answer.Absent(DnsResult.NO_SUCH_NAME, "DNS knows no such name"));
    }

    void fail(String host) {
      tell(host, new Answer.Unanswered(DnsResult.TIMEOUT, "no answer from 10.0.0.53 port 53"));
    }

    void failAll() {
      List.copyOf(waiting.keySet()).forEach(this::fail);
    }

    private void tell(String host, Answer answer) {
      Consumer<Answer> then = waiting.remove(host);
      if (!closed) {
        assertThat(then).as("asked for " + host).isNotNull();
        Objects.requireNonNull(then).accept(answer);
      }
    }
  }
}
