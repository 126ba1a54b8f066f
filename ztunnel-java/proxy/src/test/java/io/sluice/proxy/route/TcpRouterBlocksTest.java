package io.sluice.proxy.route;

import static io.sluice.proxy.route.TcpExamples.PORT;
import static io.sluice.proxy.route.TcpExamples.address;
import static io.sluice.proxy.route.TcpExamples.block;
import static io.sluice.proxy.route.TcpExamples.rules;
import static io.sluice.proxy.route.TcpExamples.subnet;
import static io.sluice.proxy.route.TcpExamples.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.ServiceBlocks;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.tcp.TcpHosts;
import io.sluice.mesh.tcp.TcpRules;
import io.sluice.mesh.tcp.TcpRules.Declared;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Connections to addresses in blocks of ServiceEntries. */
class TcpRouterBlocksTest {
  private static final InetAddress ELSEWHERE = address("93.184.216.34");

  private final Map<InetSocketAddress, ServicePort> byAddress = new HashMap<>();
  private final Map<AddressBlock, ServicePort> blocks = new HashMap<>();
  private final Map<String, TcpRules> hosts = new LinkedHashMap<>();

  @Test
  void theNarrowestBlockThatHoldsTheAddressIsMeant() {
    declare(entry("all", block("0.0.0.0", 0)));
    declare(entry("wide", block("93.184.0.0", 16), block("2001:db8::", 32)));
    declare(entry("narrow", block("93.184.216.32", 29)));
    declare(entry("exact", AddressBlock.single(ELSEWHERE)));

    assertThat(to(ELSEWHERE)).isEqualTo("exact");
    assertThat(to(address("93.184.216.35"))).isEqualTo("narrow");
    assertThat(to(address("93.184.216.40"))).isEqualTo("wide");
    assertThat(to(address("93.185.0.0"))).isEqualTo("all");
    assertThat(to(address("2001:db8::7"))).isEqualTo("wide");
    assertThat(to(address("2001:db9::7"))).isEqualTo("PassthroughCluster");
    assertThat(TcpRouter.declaredOutbound(table(), socket(address("93.184.216.35"))))
        .isEqualTo(AppProtocol.TLS);
    assertThat(
            TcpRouter.declaredOutbound(
                table(), new InetSocketAddress(address("93.184.216.35"), PORT + 1)))
        .isEqualTo(AppProtocol.UNDECLARED);
  }

  @Test
  void amongEntriesWithOneBlockTheServerNameChooses() {
    declare(entry("a", block("10.0.0.0", 8)));
    declare(entry("b.example.com", block("10.0.0.0", 8)));
    declare(entry("narrow", block("10.1.0.0", 16)));
    declare(entry("c.example.com", block("10.0.0.0", 8), block("10.1.0.0", 16)));
    declare(entry("wide.example.com", block("10.0.0.0", 7)));

    assertThat(to(address("10.2.0.1"))).isEqualTo("a");
    assertThat(to(address("10.2.0.1"), "b.example.com")).isEqualTo("b.example.com");
    assertThat(to(address("10.2.0.1"), "c.example.com")).isEqualTo("c.example.com");
    assertThat(to(address("10.2.0.1"), "wide.example.com")).isEqualTo("a");
    assertThat(to(address("10.1.0.1"), "b.example.com"))
        .as("a wider block is no match for a narrower one")
        .isEqualTo("narrow");
    assertThat(to(address("10.1.0.1"), "c.example.com")).isEqualTo("c.example.com");
  }

  @Test
  void whatABlockHoldsIsNotLookedForByNameOrSubnet() {
    declare(entry("block", block("93.184.0.0", 16)));
    declare(rules("db.example.com", Declared.ENTRY, AppProtocol.TCP, List.of()));
    declare(
        rules(
            "subnet",
            Declared.ENTRY,
            AppProtocol.TCP,
            List.of(block("240.0.0.0", 8)),
            tcp(subnet("0.0.0.0", 0))));

    assertThat(TcpRouter.namedHosts(table(), connection(ELSEWHERE, ""))).isEmpty();
    assertThat(to(ELSEWHERE)).isEqualTo("block");
    assertThat(to(address("240.0.0.9"))).as("a route of the block's host").isEqualTo("tcp");
    assertThat(to(address("10.0.0.9")))
        .as("its routes are for its block only")
        .isEqualTo("PassthroughCluster");
  }

  private static TcpRules entry(String host, AddressBlock... blocks) {
    return rules(host, Declared.ENTRY, AppProtocol.TLS, List.of(blocks));
  }

  private void declare(TcpRules rules) {
    hosts.put(rules.host(), rules);
    for (AddressBlock block : rules.addresses()) {
      if (block.isSingle()) {
        byAddress.putIfAbsent(socket(block.network()), rules.service().orElseThrow());
      } else {
        blocks.putIfAbsent(block, rules.service().orElseThrow());
      }
    }
  }

  private RouteTable table() {
    return new RouteTable(
        1,
        byAddress,
        Map.of(PORT, ServiceBlocks.of(blocks)),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(PORT, TcpHosts.of(hosts)));
  }

  private String to(InetAddress address) {
    return to(address, "");
  }

  private String to(InetAddress address, String sni) {
    return TcpRouter.outbound(table(), connection(address, sni), new Random(1))
        .cluster()
        .id()
        .host();
  }

  private static ConnectionView connection(InetAddress address, String sni) {
    return new ConnectionView(
        socket(address),
        Optional.of(sni).filter(name -> !name.isEmpty()),
        Optional.empty(),
        "shop",
        Map.of());
  }

  private static InetSocketAddress socket(InetAddress address) {
    return new InetSocketAddress(address, PORT);
  }
}
