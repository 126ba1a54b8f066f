package io.sluice.proxy.route;

import static io.sluice.proxy.route.TcpExamples.PORT;
import static io.sluice.proxy.route.TcpExamples.address;
import static io.sluice.proxy.route.TcpExamples.block;
import static io.sluice.proxy.route.TcpExamples.cluster;
import static io.sluice.proxy.route.TcpExamples.origin;
import static io.sluice.proxy.route.TcpExamples.port;
import static io.sluice.proxy.route.TcpExamples.route;
import static io.sluice.proxy.route.TcpExamples.rules;
import static io.sluice.proxy.route.TcpExamples.scope;
import static io.sluice.proxy.route.TcpExamples.sni;
import static io.sluice.proxy.route.TcpExamples.source;
import static io.sluice.proxy.route.TcpExamples.subnet;
import static io.sluice.proxy.route.TcpExamples.tcp;
import static io.sluice.proxy.route.TcpExamples.withTls;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ServicePort;
import io.sluice.mesh.service.TrafficSplit;
import io.sluice.mesh.tcp.TcpHosts;
import io.sluice.mesh.tcp.TcpRoute;
import io.sluice.mesh.tcp.TcpRules;
import io.sluice.mesh.tcp.TcpRules.Declared;
import io.sluice.mesh.workload.Workload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which cluster a connection gets that is not HTTP; the letters are those of the order. */
class TcpRouterTest {
  private static final InetAddress CLUSTER_IP = address("10.96.0.7");
  private static final InetAddress VIRTUAL = address("240.0.0.1");
  private static final InetAddress POD = address("10.0.0.4");
  private static final InetAddress ELSEWHERE = address("93.184.216.34");
  private static final String WEB = "web.shop.svc.cluster.local";

  private final Map<InetSocketAddress, ServicePort> byAddress = new HashMap<>();
  private final Map<InetAddress, Workload> workloads = new HashMap<>();
  private final Map<InetSocketAddress, List<ServicePort>> podPorts = new HashMap<>();
  private final Map<String, TcpRules> hosts = new LinkedHashMap<>();

  // a. what was dialled is known

  @Test
  void whatWasDialledIsItsClusterWithoutRoutes() {
    service(AppProtocol.TCP);

    assertThat(to(CLUSTER_IP)).isEqualTo("web");
    assertThat(to(CLUSTER_IP, "web.shop")).isEqualTo("web");
    assertThat(to(CLUSTER_IP, "unknown.example.com")).isEqualTo("web");
    assertThat(decide(connection(CLUSTER_IP)).service().orElseThrow().host()).isEqualTo(WEB);
  }

  @Test
  void aTableThatKnowsTheAddressOnlyIsEnough() {
    byAddress.put(socket(CLUSTER_IP), port(WEB, AppProtocol.TCP));

    assertThat(to(CLUSTER_IP)).isEqualTo("web");
  }

  @Test
  void theFirstTlsRouteThenTheFirstTcpRouteThenTheOwnCluster() {
    service(
        AppProtocol.UNDECLARED,
        scope(
            List.of(
                route("tls0", sni("a.example.com")), route("tls1", sni("*.example.com", "b.org"))),
            List.of(route("tcp0", port(1)), route("tcp1", source("app", "caller")))));

    assertThat(to(CLUSTER_IP, "a.example.com")).isEqualTo("tls0");
    assertThat(to(CLUSTER_IP, "b.example.com")).isEqualTo("tls1");
    assertThat(to(CLUSTER_IP, "b.org")).isEqualTo("tls1");
    assertThat(to(CLUSTER_IP, "c.org")).isEqualTo("tcp1");
    assertThat(to(CLUSTER_IP)).isEqualTo("tcp1");
    assertThat(decide(connection(CLUSTER_IP)).route().orElseThrow().name()).isEqualTo("tcp1");
    assertThat(decide(connection(CLUSTER_IP)).service().orElseThrow().host()).isEqualTo("tcp1");
    assertThat(name(decide(view(CLUSTER_IP, "", "", "shop", Map.of())))).isEqualTo("web");
  }

  @Test
  void scopesAreForNamespacesAndTheFirstWins() {
    service(
        AppProtocol.TCP,
        new TcpRules.Scope(Set.of("shop"), List.of(), List.of(route("shops", port(1)))),
        new TcpRules.Scope(Set.of(), List.of(), List.of(route("all"))));

    assertThat(name(decide(view(CLUSTER_IP, "", "", "other", Map.of())))).isEqualTo("all");
    assertThat(to(CLUSTER_IP)).as("no other scope after the own one").isEqualTo("web");
  }

  @Test
  void aClientsDestinationRuleMakesItsOwnCluster() {
    declare(
        new TcpRules(
            WEB,
            Declared.SERVICE,
            List.of(AddressBlock.single(CLUSTER_IP)),
            List.of(scope(List.of(), List.of(route("never", port(1))))),
            Optional.of(port(WEB, AppProtocol.TCP)),
            Map.of("shop", cluster("special"))),
        WEB);

    assertThat(to(CLUSTER_IP)).isEqualTo("special");
    assertThat(name(decide(view(CLUSTER_IP, "", "", "other", Map.of())))).isEqualTo("web");
  }

  @Test
  void aHeadlessServiceHasTheRoutesOfItsOwnPort() {
    ServicePort headless = port(WEB, AppProtocol.TCP);
    hosts.put(WEB, rules(WEB, Declared.SERVICE, AppProtocol.TCP, List.of(), tcp(port(PORT))));
    byAddress.put(new InetSocketAddress(POD, 8443), headless);

    TcpDecision decision =
        TcpRouter.outbound(
            table(),
            new ConnectionView(
                new InetSocketAddress(POD, 8443),
                Optional.empty(),
                Optional.empty(),
                "shop",
                Map.of()),
            new Random(1));
    assertThat(name(decision)).isEqualTo("tcp");
  }

  @Test
  void amongEntriesWithOneAddressTheServerNameChooses() {
    declare(
        rules(
            "a.example.com",
            Declared.ENTRY,
            AppProtocol.TLS,
            List.of(AddressBlock.single(VIRTUAL))));
    declare(
        rules(
            "b.example.com",
            Declared.ENTRY,
            AppProtocol.TCP,
            List.of(AddressBlock.single(VIRTUAL))));
    declare(
        rules("c.example.com", Declared.ENTRY, AppProtocol.TLS, List.of(block("240.0.0.2", 32))));
    declare(
        rules(
            "*.d.example.com",
            Declared.ENTRY,
            AppProtocol.TLS,
            List.of(AddressBlock.single(VIRTUAL))));

    assertThat(to(VIRTUAL)).isEqualTo("a.example.com");
    assertThat(to(VIRTUAL, "b.example.com")).isEqualTo("b.example.com");
    assertThat(to(VIRTUAL, "x.d.example.com")).isEqualTo("*.d.example.com");
    assertThat(to(VIRTUAL, "c.example.com")).as("has another address").isEqualTo("a.example.com");
    assertThat(to(VIRTUAL, "unknown.org")).isEqualTo("a.example.com");
  }

  // b. nothing that was dialled is known, there is a server name

  @ParameterizedTest
  @CsvSource({
    "a.example.com, a.example.com",
    "b.example.com, *.example.com",
    "c.b.example.com, *.example.com",
    "c.deep.example.com, *.deep.example.com",
    "example.com, PassthroughCluster",
    "declared-tcp.org, PassthroughCluster",
    "declared-http.org, PassthroughCluster",
    "undeclared.org, undeclared.org",
    "unknown.org, PassthroughCluster"
  })
  void theServerNameMeansAnEntry(String sni, String expected) {
    for (String host : List.of("*.example.com", "a.example.com", "*.deep.example.com")) {
      declare(rules(host, Declared.ENTRY, AppProtocol.TLS, List.of()));
    }
    declare(rules("declared-tcp.org", Declared.ENTRY, AppProtocol.TCP, List.of()));
    declare(rules("declared-http.org", Declared.ENTRY, AppProtocol.HTTP, List.of()));
    declare(rules("undeclared.org", Declared.ENTRY, AppProtocol.UNDECLARED, List.of()));

    assertThat(to(ELSEWHERE, sni)).isEqualTo(expected);
  }

  @Test
  void itsRoutesComeBeforeItsCluster() {
    declare(
        rules(
            "*.example.com",
            Declared.ENTRY,
            AppProtocol.TLS,
            List.of(),
            scope(List.of(route("tls", sni("a.example.com"))), List.of())));

    assertThat(to(ELSEWHERE, "a.example.com")).isEqualTo("tls");
    assertThat(to(ELSEWHERE, "b.example.com")).isEqualTo("*.example.com");
    assertThat(decide(connection(ELSEWHERE, "b.example.com")).service().orElseThrow().host())
        .isEqualTo("*.example.com");
  }

  @Test
  void aHostOfARuleOnlyHasItsRoutesElseNothing() {
    declare(
        new TcpRules(
            "a.example.com",
            Declared.RULE,
            List.of(),
            List.of(scope(List.of(route("tls", sni("a.example.com"), "other")), List.of())),
            Optional.empty(),
            Map.of()));

    assertThat(name(decide(view(ELSEWHERE, "a.example.com", "", "other", Map.of()))))
        .isEqualTo("tls");
    assertThat(to(ELSEWHERE, "a.example.com")).isEqualTo("PassthroughCluster");
  }

  @Test
  void aServiceIsMeantByServerNameOnlyWhereNothingElseIsKnown() {
    service(AppProtocol.TLS);
    podPorts.put(socket(POD), List.of(port("pods.shop.svc.cluster.local", AppProtocol.TLS)));
    InetAddress bare = address("10.0.0.5");
    workloads.put(bare, new Workload("shop", "p", "p", Map.of(), "default", "c"));

    assertThat(to(ELSEWHERE, "web.shop")).isEqualTo("web");
    assertThat(to(ELSEWHERE, "web")).as("short, in the client's namespace").isEqualTo("web");
    assertThat(to(POD, "web.shop")).isEqualTo("PassthroughCluster");
    assertThat(decide(connection(POD, "web.shop")).service().orElseThrow().name())
        .isEqualTo("pods");
    assertThat(to(bare, "web.shop")).isEqualTo("PassthroughCluster");
  }

  @Test
  void whatIsEncryptedIsNotEncryptedAgain() {
    Cluster tls = withTls("a.example.com");
    ServicePort port = new ServicePort(tls.service(), PORT, AppProtocol.TLS, tls);
    byAddress.put(socket(VIRTUAL), port);
    declare(
        new TcpRules(
            "a.example.com", Declared.ENTRY, List.of(), List.of(), Optional.of(port), Map.of()));

    assertThat(decide(connection(ELSEWHERE, "a.example.com")).cluster().tls()).isEmpty();
    assertThat(decide(connection(ELSEWHERE, "a.example.com")).cluster().id()).isEqualTo(tls.id());
    assertThat(decide(connection(VIRTUAL, "other.org")).cluster().tls()).isEmpty();
    assertThat(decide(connection(VIRTUAL)).cluster()).isSameAs(tls);
    ConnectionView withoutName =
        new ConnectionView(
            socket(VIRTUAL), Optional.empty(), Optional.empty(), true, "shop", Map.of());
    assertThat(decide(withoutName).cluster().tls()).isEmpty();
  }

  // c. the name behind the address

  @Test
  void theNameBehindTheAddressMeansAnEntry() {
    declare(rules("db.example.com", Declared.ENTRY, AppProtocol.TCP, List.of(), tcp(port(PORT))));
    declare(rules("mq.example.com", Declared.ENTRY, AppProtocol.TCP, List.of()));
    declare(rules("*.example.com", Declared.ENTRY, AppProtocol.TCP, List.of()));

    assertThat(name(decide(view(ELSEWHERE, "", "db.example.com", "shop", Map.of()))))
        .isEqualTo("tcp");
    assertThat(name(decide(view(ELSEWHERE, "", "mq.example.com", "shop", Map.of()))))
        .isEqualTo("mq.example.com");
    assertThat(name(decide(view(ELSEWHERE, "", "gone.example.com", "shop", Map.of()))))
        .isEqualTo("PassthroughCluster");
  }

  @Test
  void aServerNameComesBeforeTheNameBehindTheAddress() {
    declare(rules("db.example.com", Declared.ENTRY, AppProtocol.TLS, List.of()));
    declare(rules("sni.example.com", Declared.ENTRY, AppProtocol.TLS, List.of()));

    assertThat(name(decide(view(ELSEWHERE, "sni.example.com", "db.example.com", "shop", Map.of()))))
        .isEqualTo("sni.example.com");
  }

  @Test
  void namesAreAskedForOnlyWhereNothingElseIsKnown() {
    service(AppProtocol.TCP);
    workloads.put(POD, new Workload("shop", "p", "p", Map.of(), "default", "c"));
    declare(rules("db.example.com", Declared.ENTRY, AppProtocol.TCP, List.of()));
    declare(rules("mq.example.com", Declared.ENTRY, AppProtocol.UNDECLARED, List.of()));
    declare(rules("http.example.com", Declared.ENTRY, AppProtocol.HTTP, List.of()));
    declare(rules("*.example.com", Declared.ENTRY, AppProtocol.TLS, List.of()));
    declare(
        rules(
            "at.example.com",
            Declared.ENTRY,
            AppProtocol.TCP,
            List.of(AddressBlock.single(VIRTUAL))));

    assertThat(named(connection(ELSEWHERE))).containsExactly("db.example.com", "mq.example.com");
    assertThat(named(connection(ELSEWHERE, "unknown.org"))).hasSize(2);
    assertThat(named(connection(ELSEWHERE, "db.example.com"))).as("declared TCP").hasSize(2);
    assertThat(named(connection(ELSEWHERE, "web.shop"))).as("a Service's name").hasSize(2);
    assertThat(named(connection(ELSEWHERE, "any.example.com"))).isEmpty();
    assertThat(named(connection(CLUSTER_IP))).isEmpty();
    assertThat(named(connection(VIRTUAL))).isEmpty();
    assertThat(named(connection(POD))).isEmpty();
    assertThat(
            TcpRouter.namedHosts(
                table(),
                new ConnectionView(
                    new InetSocketAddress(ELSEWHERE, 80),
                    Optional.empty(),
                    Optional.empty(),
                    "shop",
                    Map.of())))
        .isEmpty();
  }

  // d. subnets of routes

  @Test
  void aRoutesSubnetMeansItsEntry() {
    declare(
        rules(
            "http.example.com",
            Declared.ENTRY,
            AppProtocol.HTTP,
            List.of(),
            tcp(subnet("0.0.0.0", 0))));
    declare(
        rules(
            "at.example.com",
            Declared.ENTRY,
            AppProtocol.TCP,
            List.of(AddressBlock.single(VIRTUAL)),
            tcp(subnet("0.0.0.0", 0))));
    declare(
        rules(
            "*.example.com",
            Declared.ENTRY,
            AppProtocol.TCP,
            List.of(),
            scope(
                List.of(),
                List.of(
                    route("for others", subnet("93.184.0.0", 16), "other"),
                    route("four", subnet("93.184.0.0", 16)),
                    route("six", subnet("2001:db8::", 32)),
                    route("any address", source("app", "caller")),
                    route("everything")))));

    assertThat(to(ELSEWHERE)).isEqualTo("four");
    assertThat(to(address("2001:db8::7"))).isEqualTo("six");
    assertThat(to(address("93.185.0.1"))).isEqualTo("PassthroughCluster");
    assertThat(to(address("2001:db9::7"))).isEqualTo("PassthroughCluster");
    assertThat(name(decide(view(ELSEWHERE, "", "", "other", Map.of())))).isEqualTo("for others");
  }

  // e. nothing is known

  @Test
  void theRestPassesThroughUnderTheNameOfThePodsService() {
    podPorts.put(socket(POD), List.of(port(WEB, AppProtocol.TCP)));

    assertThat(to(POD)).isEqualTo("PassthroughCluster");
    assertThat(decide(connection(POD)).service().orElseThrow().name()).isEqualTo("web");
    assertThat(decide(connection(ELSEWHERE)).service()).isEmpty();
  }

  @Test
  void anEntryWithoutAddressesDoesNotMakeAPortOpaque() {
    declare(rules("db.example.com", Declared.ENTRY, AppProtocol.TCP, List.of()));

    assertThat(TcpRouter.declaredOutbound(table(), socket(ELSEWHERE)))
        .isEqualTo(AppProtocol.UNDECLARED);
  }

  @Test
  void weightsAreInProportion() {
    TrafficSplit split =
        new TrafficSplit(
            List.of(
                new TrafficSplit.Weighted(cluster("a"), 1),
                new TrafficSplit.Weighted(cluster("b"), 3)));
    service(
        AppProtocol.TCP, scope(List.of(), List.of(new TcpRoute("r", origin(), List.of(), split))));
    RouteTable table = table();
    Random random = new Random(1);

    long first =
        Stream.generate(() -> name(TcpRouter.outbound(table, connection(CLUSTER_IP), random)))
            .limit(4_000)
            .filter("a"::equals)
            .count();
    assertThat(first).isBetween(900L, 1_100L);
  }

  // what the tables hold

  private RouteTable table() {
    return new RouteTable(
        1, byAddress, Map.of(), workloads, podPorts, Map.of(), Map.of(PORT, TcpHosts.of(hosts)));
  }

  private void service(AppProtocol protocol, TcpRules.Scope... scopes) {
    declare(
        rules(WEB, Declared.SERVICE, protocol, List.of(AddressBlock.single(CLUSTER_IP)), scopes),
        "web.shop",
        WEB);
  }

  private void declare(TcpRules rules, String... names) {
    for (String name : names.length == 0 ? new String[] {rules.host()} : names) {
      hosts.put(name, rules);
    }
    rules
        .addresses()
        .forEach(address ->
            byAddress.putIfAbsent(socket(address.network()), rules.service().orElseThrow()));
  }

  // connections

  private TcpDecision decide(ConnectionView view) {
    return TcpRouter.outbound(table(), view, new Random(1));
  }

  private List<String> named(ConnectionView view) {
    return TcpRouter.namedHosts(table(), view);
  }

  private String to(InetAddress address, String... sni) {
    return name(decide(connection(address, sni)));
  }

  private static String name(TcpDecision decision) {
    return decision.cluster().service().name();
  }

  private static ConnectionView connection(InetAddress address, String... sni) {
    return view(address, sni.length == 0 ? "" : sni[0], "", "shop", Map.of("app", "caller"));
  }

  private static ConnectionView view(
      InetAddress address, String sni, String named, String namespace, Map<String, String> labels) {
    return new ConnectionView(socket(address), present(sni), present(named), namespace, labels);
  }

  private static Optional<String> present(String text) {
    return Optional.of(text).filter(value -> !value.isEmpty());
  }

  private static InetSocketAddress socket(InetAddress address) {
    return new InetSocketAddress(address, PORT);
  }
}
