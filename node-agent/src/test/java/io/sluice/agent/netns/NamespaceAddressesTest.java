package io.sluice.agent.netns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class NamespaceAddressesTest {
  @Test
  void ownAddressesOfTheFibTrieWithoutLoopbackAndLinkLocal() {
    String trie =
        """
        Main:
          +-- 0.0.0.0/0 3 0 5
             |-- 0.0.0.0
                /0 universe UNICAST
             +-- 10.88.0.0/24 2 0 2
                |-- 10.88.0.0
                   /24 link UNICAST
                |-- 10.88.0.2
                   /32 host LOCAL
                |-- 10.88.0.255
                   /32 link BROADCAST
             |-- 127.0.0.1
                /32 host LOCAL
             |-- 169.254.7.7
                /32 host LOCAL
        Local:
                |-- 10.88.0.2
                   /32 host LOCAL
        """;
    assertThat(NamespaceAddresses.parseFibTrie(trie))
        .containsExactly((java.net.Inet4Address) InetAddress.ofLiteral("10.88.0.2"));
  }

  @Test
  void globalAndUniqueLocalIp6() {
    String table =
        """
        00000000000000000000000000000001 01 80 10 80       lo
        fd880000000000000000000000000002 02 40 00 82     eth0
        fe80000000000000a8bbccfffeddeeff 02 40 20 80     eth0
        20010db8000000000000000000000007 02 40 00 80     eth0
        """;
    assertThat(NamespaceAddresses.parseIfInet6(table))
        .extracting(InetAddress::getHostAddress)
        .containsExactly("fd88:0:0:0:0:0:0:2", "2001:db8:0:0:0:0:0:7");
  }

  @Test
  void emptyTablesHaveNoAddresses() {
    assertThat(NamespaceAddresses.parseFibTrie("")).isEmpty();
    assertThat(NamespaceAddresses.parseIfInet6("")).isEmpty();
  }
}
