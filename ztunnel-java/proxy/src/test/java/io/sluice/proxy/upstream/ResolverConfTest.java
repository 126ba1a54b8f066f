package io.sluice.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.proxy.doors.ResolverFiles;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What resolv.conf means, also where somebody wants to harm us by it. */
class ResolverConfTest {
  private static final Duration OTHERWISE = Duration.ofSeconds(2);

  @Test
  void allThatCounts() {
    ResolverConf conf =
        conf(
            """
            # comment
            ; another
            nameserver\t10.0.0.53   # the first\r
            nameserver 2001:db8::53\r
            domain old.example.com
            search shop.svc.cluster.local svc.cluster.local. EXAMPLE.com
            options ndots:5 timeout:3 attempts:4 rotate edns0
            sortlist 10.0.0.0
            """);
    assertThat(conf.servers()).containsExactly(server("10.0.0.53"), server("2001:db8::53"));
    assertThat(conf.search())
        .containsExactly("shop.svc.cluster.local", "svc.cluster.local", "example.com");
    assertThat(conf.timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(conf.attempts()).isEqualTo(4);
    assertThat(conf.rotate()).isTrue();
    assertThat(conf.noServers()).isEmpty();
  }

  @Test
  void loopbackIsTheMachinesWhereTheFileIs() {
    String text = "nameserver 127.0.0.53\nnameserver 10.0.0.53";
    ResolverConf machines =
        ResolverConfParser.parse(
                new ResolverFiles.Text("/etc/resolv.conf", text, true), OTHERWISE, name -> 0)
            .conf();
    assertThat(machines.isMachines(server("127.0.0.53"))).isTrue();
    assertThat(machines.isMachines(server("10.0.0.53"))).isFalse();
    assertThat(conf(text).isMachines(server("127.0.0.53"))).isFalse();
  }

  @Test
  void whatIsNotSaid() {
    ResolverConf conf = conf("nameserver 10.0.0.53");
    assertThat(conf.search()).isEmpty();
    assertThat(conf.timeout()).isEqualTo(OTHERWISE);
    assertThat(conf.attempts()).isEqualTo(2);
    assertThat(conf.rotate()).isFalse();
  }

  @Test
  void valuesHaveLimits() {
    ResolverConf conf = conf("options timeout:0 attempts:99\n");
    assertThat(conf.timeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(conf.attempts()).isEqualTo(5);
    assertThat(conf("options timeout:999999999").timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(conf("search a b c d e f g h i j").search()).hasSize(ResolverConf.SEARCH_MAX);
    assertThat(conf("nameserver 10.0.0.1\n".repeat(9)).servers()).hasSize(ResolverConf.SERVERS_MAX);
  }

  @Test
  void withoutAServerTheReasonIsSaid() {
    assertThat(conf("search example.com\n").noServers())
        .isEqualTo("/x/resolv.conf names no DNS server (expected: a line 'nameserver IP')");
    assertThat(conf("").noServers()).contains("names no DNS server");
  }

  @Test
  void linesWithoutEffectAreNamed() {
    ResolverConfParser.Parsed parsed =
        parse("nameserver dns.example.com\nnameserver\nnameservr 10.0.0.1\noptions timeout:x\n");
    assertThat(parsed.oddities())
        .containsExactly(
            "'nameserver dns.example.com' (expected: an IP address, maybe with an interface of the"
                + " pod: fe80::1%eth0)",
            "'nameserver' (expected: an IP address)",
            "'nameservr 10.0.0.1' (expected: nameserver, search, domain or options)",
            "'options timeout:x' (expected: a number)");
    assertThat(parsed.conf().timeout()).isEqualTo(OTHERWISE);
  }

  @Test
  void whatIsRepeatedOfAStrangersFileIsShortAndPrintable() {
    List<String> oddities =
        parse(("evil\u001b[31m\u202e" + "x".repeat(500) + "\n").repeat(99)).oddities();
    assertThat(oddities).hasSize(5);
    assertThat(oddities)
        .allSatisfy(each -> assertThat(each).hasSizeLessThan(200).matches("[\\x20-\\x7e]*"));
  }

  @Test
  void aScopeIsAnInterfaceOfThePod() {
    ResolverConf conf =
        conf("nameserver fe80::53%eth0\nnameserver fe80::54%3\nnameserver fe80::55%none\n");
    assertThat(conf.servers()).hasSize(2);
    assertThat(((Inet6Address) conf.servers().get(0).getAddress()).getScopeId()).isEqualTo(7);
    assertThat(((Inet6Address) conf.servers().get(1).getAddress()).getScopeId()).isEqualTo(3);
  }

  @Test
  void whichNamesAHostMayMean() {
    ResolverConf conf = conf("search a.example b.example\n");
    assertThat(conf.candidates("db")).containsExactly("db.a.example", "db.b.example", "db");
    assertThat(conf.candidates("db.shop"))
        .containsExactly("db.shop", "db.shop.a.example", "db.shop.b.example");
    assertThat(conf.candidates("db.shop.")).containsExactly("db.shop");
    assertThat(conf.candidates("db.")).containsExactly("db");
    String longest = "x".repeat(60) + ".";
    assertThat(conf.candidates(longest.repeat(4) + "y")).hasSize(1);
  }

  @Test
  void anyBytesAreRead() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String[] words = {
      "nameserver",
      "search",
      "options",
      "domain",
      " ",
      "\t",
      "\r",
      "\n",
      "10.0.0.1",
      "::",
      "%",
      "1",
      "timeout:",
      "attempts:",
      "rotate",
      "#",
      ";",
      ".",
      "\0",
      "-",
      "ndots:5",
      "fe80::1%eth0",
      "\u00e9"
    };
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(30); j > 0; j--) {
        text.append(words[random.nextInt(words.length)]);
      }
      assertThat(conf(text.toString()).candidates("x.y")).as("seed %d", seed).contains("x.y");
    }
  }

  private static ResolverConf conf(String text) {
    return parse(text).conf();
  }

  private static ResolverConfParser.Parsed parse(String text) {
    return ResolverConfParser.parse(
        new ResolverFiles.Text("/x/resolv.conf", text, false),
        OTHERWISE,
        name -> name.equals("eth0") ? 7 : 0);
  }

  private static InetSocketAddress server(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), 53);
  }
}
