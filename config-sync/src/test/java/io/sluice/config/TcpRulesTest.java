package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.problem.Problem.Severity;
import io.sluice.mesh.service.AddressBlock;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.TrafficSplit.Weighted;
import io.sluice.mesh.tcp.TcpMatch;
import io.sluice.mesh.tcp.TcpRoute;
import io.sluice.mesh.tcp.TcpRules;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code tls} and {@code tcp} of a VirtualService compile to. */
class TcpRulesTest {
  private static final String TO_WEB = "route: [{destination: {host: web}}]";

  /** The shop's service with a port that declares nothing, a TLS and a TCP one. */
  private static final String SHOP =
      Given.SHOP.replace(
          "[{name: http, port: 80, targetPort: 8080}]",
          "[{port: 9000, targetPort: 8080}, {name: tls, port: 443, targetPort: 8443},"
              + " {name: tcp-db, port: 5432}, {name: http, port: 80}]");

  private static final String API =
      Given.entry(
          "api",
          "shop",
          "hosts: [api.example.com], resolution: DNS, ports: [{number: 443, name: tls}]");

  @Test
  void readsEveryKindOfMatch() {
    Given given =
        Given.yaml(
            API,
            Given.tcpRules(
                "r",
                "shop",
                "[api.example.com, '*.example.org']",
                """
                tls: [{match: [{sniHosts: [API.example.com, '*.a.example.org'], port: 443,
                                destinationSubnets: [10.0.0.0/8, 192.0.2.7, '2001:db8::/32', '::1'],
                                sourceLabels: {app: shop}, sourceNamespace: shop, gateways: [mesh, edge]}],
                       route: [{destination: {host: api.example.com, port: {number: 443}}}]}],
                tcp: [{match: [{destinationSubnets: [0.0.0.0/0]}, {sourceNamespace: shop}],
                       route: [{destination: {host: api.example.com}}]}]
                """));

    TcpMatch match = given.tls("shop", 443, "api.example.com").getFirst().matches().getFirst();
    assertThat(match.sniHosts()).containsExactly("api.example.com", "*.a.example.org");
    assertThat(match.destinationSubnets())
        .containsExactly(
            block("10.0.0.0", 8),
            block("192.0.2.7", 32),
            block("2001:db8::", 32),
            block("::1", 128));
    assertThat(match.port()).hasValue(443);
    assertThat(match.sourceLabels()).containsEntry("app", "shop");
    assertThat(match.sourceNamespace()).hasValue("shop");
    assertThat(given.tcp("shop", 443, "api.example.com"))
        .singleElement()
        .satisfies(route -> {
          assertThat(route.name()).isEqualTo("tcp[0]");
          assertThat(route.origin()).hasToString("VirtualService shop/r");
          assertThat(route.matches()).hasSize(2);
        });
    assertThat(given.fieldsOf(Severity.ERROR)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {match: [{sniHosts: [web]}]}                                | route                  | at least one destination
          {match: [{sniHosts: [web]}], route: []}                     | route                  | at least one destination
          {%s}                                                        | match                  | a tls rule needs server names
          {match: [], %s}                                             | match                  | a tls rule needs server names
          {match: [{}], %s}                                           | match[0].sniHosts      | at least one server name
          {match: [{sniHosts: []}], %s}                               | match[0].sniHosts      | at least one server name
          {match: [{sniHosts: [web, b.com]}], %s}                     | match[0].sniHosts[1]   | one of the hosts [web, *.example.com]
          {match: [{sniHosts: ['*']}], %s}                            | match[0].sniHosts[0]   | one of the hosts
          {match: [{sniHosts: [example.com]}], %s}                    | match[0].sniHosts[0]   | one of the hosts
          {match: [{sniHosts: ['*.com']}], %s}                        | match[0].sniHosts[0]   | one of the hosts
          {match: [{sniHosts: ['a b']}], %s}                          | match[0].sniHosts[0]   | a server name
          {match: [{sniHosts: web}], %s}                              | match[0].sniHosts      | a list
          {match: [{sniHosts: [web], port: 0}], %s}                   | match[0].port          | 1..65535
          {match: [{sniHosts: [web], sourceLabels: {v: 1.1}}], %s}    | match[0].sourceLabels.v | quotes
          {match: [{sniHosts: [web], destinationSubnets: [10.0.0.0/33]}], %s} | match[0].destinationSubnets[0] | prefix 0..32
          """)
  void wrongValuesOfATlsRule(String rule, String field, String expected) {
    Problem error = onlyProblemOf("tls", rule);

    assertThat(error.field()).isEqualTo("spec.tls[0]." + field);
    assertThat(error.expected()).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                   | route                            | at least one destination
          {route: [{destination: {}}]}                         | route[0].destination.host        | a route needs a destination
          {route: [{destination: {host: a b}}]}                | route[0].destination.host        | a host name
          {route: [{destination: {host: web, port: {number: 0}}}]} | route[0].destination.port.number | 1..65535
          {route: [{destination: {host: web}, weight: -1}]}    | route[0].weight                  | a whole number
          {route: [{destination: {host: web}}, {destination: {host: web}}]} | route               | weights
          {match: {port: 1}, %s}                               | match                            | a list
          {match: [{port: 70000}], %s}                         | match[0].port                    | 1..65535
          {match: [{destinationSubnets: [10.0.0.0/-1]}], %s}   | match[0].destinationSubnets[0]   | a CIDR block
          {match: [{destinationSubnets: [10.0.0.0/08]}], %s}   | match[0].destinationSubnets[0]   | a CIDR block
          {match: [{destinationSubnets: [10.0.0.0/]}], %s}     | match[0].destinationSubnets[0]   | a CIDR block
          {match: [{destinationSubnets: [10.0/8]}], %s}        | match[0].destinationSubnets[0]   | a CIDR block
          {match: [{destinationSubnets: ['::/129']}], %s}      | match[0].destinationSubnets[0]   | 0..128
          {match: [{destinationSubnets: [web]}], %s}           | match[0].destinationSubnets[0]   | an IP address
          """)
  void wrongValuesOfATcpRule(String rule, String field, String expected) {
    Problem error = onlyProblemOf("tcp", rule);

    assertThat(error.field()).isEqualTo("spec.tcp[0]." + field);
    assertThat(error.expected()).contains(expected);
  }

  private static Problem onlyProblemOf(String kind, String rule) {
    Given given =
        Given.yaml(
            SHOP,
            Given.tcpRules(
                "r",
                "shop",
                "[web, '*.example.com']",
                kind + ": [" + rule.replace("%s", TO_WEB) + "]"));

    assertThat(given.tcpHost("shop", 443, "web").scopes()).isEmpty();
    assertThat(given.problems()).as(given.lines().toString()).hasSize(1);
    Problem problem = given.problems().getFirst();
    assertThat(problem.severity()).isEqualTo(Severity.ERROR);
    assertThat(problem.resource()).hasToString("VirtualService shop/r");
    assertThat(problem.source()).isEqualTo("test.yaml");
    return problem;
  }

  @Test
  void aConditionThatCantBeCheckedNeverHolds() {
    Given given =
        shop(
            "tcp: [{match: [{prt: 1}], %1$s}, {match: [{sourceSubnet: 10.0.0.0/8}], %1$s},"
                + " {match: [{gateways: [edge]}], %1$s}, {match: [{gateways: [edge]}, {gateways: [mesh]}], %1$s}]");

    assertThat(given.tcp("shop", 9000, "web")).extracting(TcpRoute::name).containsExactly("tcp[3]");
    assertThat(given.fieldsOf(Severity.WARNING)).containsExactly("spec.tcp[0].match[0].prt");
    assertThat(given.fieldsOf(Severity.NOT_SUPPORTED))
        .containsExactly("spec.tcp[1].match[0].sourceSubnet");
  }

  @Test
  void unknownFieldsAreReportedByPath() {
    Given given = shop("tcp: [{rout: 1, route: [{destination: {host: web, hst: a}, wight: 1}]}]");

    assertThat(given.fieldsOf(Severity.WARNING))
        .containsExactly(
            "spec.tcp[0].route[0].destination.hst",
            "spec.tcp[0].route[0].wight",
            "spec.tcp[0].rout");
  }

  @ParameterizedTest
  @ValueSource(strings = {"web", "web.shop", "web.shop.svc", Given.WEB, "10.0.0.1"})
  void aServiceIsFoundByEachOfItsNamesWithTheSameRules(String name) {
    Given given = shop("tcp: [{%1$s}]");

    assertThat(given.tcpHost("shop", 5432, name)).isSameAs(given.tcpHost("shop", 5432, Given.WEB));
    assertThat(given.tcp("shop", 5432, name)).hasSize(1);
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void eachPortHasTheRoutesThatCanApplyThere() {
    Given given =
        shop(
            "tcp: [{match: [{port: 5432}], %1$s}, {match: [{port: 443}, {port: 9000, sourceNamespace: a}], %1$s}]");

    assertThat(given.tcp("shop", 5432, "web")).extracting(TcpRoute::name).containsExactly("tcp[0]");
    assertThat(given.tcp("shop", 443, "web")).extracting(TcpRoute::name).containsExactly("tcp[1]");
    assertThat(given.tcp("shop", 9000, "web").getFirst().matches()).hasSize(1);
    assertThat(given.tcpHost("shop", 80, "web").scopes()).as("a port declared HTTP").isEmpty();
    assertThat(given.tcpHost("shop", 80, "web").service()).isPresent();
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void whatIsHttpAndWhatIsNotDoNotConcernEachOther() {
    Given given =
        Given.yaml(
            SHOP,
            Given.rules("http", "shop", "[web]", "[{timeout: 1s, " + TO_WEB + "}]"),
            Given.tcpRules("tcp", "shop", "[web]", "tcp: [{" + TO_WEB + "}]"));

    assertThat(given.routes("shop", 9000, "web")).hasSize(1);
    assertThat(given.tcp("shop", 9000, "web")).hasSize(1);
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void aShadowedVirtualServiceIsToldOnce() {
    String both = "tcp: [{" + TO_WEB + "}], http: [{" + TO_WEB + "}]";
    Given given =
        Given.yaml(
            SHOP,
            Given.tcpRules("a", "shop", "[web]", both),
            Given.tcpRules("b", "shop", "[web]", both));

    assertThat(given.tcp("shop", 9000, "web").getFirst().origin().name()).isEqualTo("a");
    assertThat(given.lines())
        .singleElement()
        .asString()
        .contains("VirtualService shop/b spec.hosts");
  }

  @Test
  void exportToLimitsWhoIsBound() {
    Given given =
        Given.yaml(
            SHOP,
            Given.tcpRules("own", "shop", "[web]", "exportTo: ['.'], tcp: [{" + TO_WEB + "}]"),
            Given.tcpRules("rest", "shop", "[web]", "tcp: [{" + TO_WEB + "}]"));

    assertThat(given.tcp("shop", 9000, "web").getFirst().origin().name()).isEqualTo("own");
    assertThat(given.tcp("other", 9000, "web.shop").getFirst().origin().name()).isEqualTo("rest");
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void weightsSubsetsPortsAndOtherHosts() {
    Given given =
        Given.yaml(
            SHOP,
            API,
            Given.destinationRule(
                "d", "shop", "host: web, subsets: [{name: v2, labels: {version: v2}}]"),
            Given.tcpRules(
                "r",
                "shop",
                "[api.example.com]",
                "tls: [{match: [{sniHosts: [api.example.com]}], route: [{destination: {host: web, subset: v2,"
                    + " port: {number: 443}}, weight: 1}, {destination: {host: api.example.com}, weight: 3}]}]"));

    List<Weighted> split = given.tls("shop", 443, "api.example.com").getFirst().split().clusters();
    assertThat(split).extracting(Weighted::weight).containsExactly(1, 3);
    assertThat(split)
        .extracting(weighted -> weighted.cluster().id().toString())
        .containsExactly("outbound|443|v2|" + Given.WEB, "outbound|443||api.example.com");
    assertThat(Given.endpoints(split.getFirst().cluster())).containsExactly("10.1.0.2:8443");
    assertThat(given.lines()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          host: nowhere                  | spec.tcp[0].route[0].destination.host        | looked for in the rule's own namespace
          host: web, port: {number: 81}  | spec.tcp[0].route[0].destination.port.number | a port of
          host: web, subset: v9          | spec.tcp[0].route[0].destination.subset      | a subset
          """)
  void aDestinationThatDoesNotExistIsNobody(String destination, String field, String expected) {
    Given given = shop("tcp: [{route: [{destination: {" + destination + "}}]}]");

    List<Weighted> split = given.tcp("shop", 9000, "web").getFirst().split().clusters();
    assertThat(split)
        .singleElement()
        .satisfies(only -> assertThat(Given.endpoints(only.cluster())).isEmpty());
    assertThat(given.fieldsOf(Severity.WARNING)).containsExactly(field);
    assertThat(given.lines().getFirst()).contains(expected).contains("connections are reset now");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tcp: [{%1$s}, {match: [{port: 443}], %1$s}]                                                | spec.tcp[1]
          tcp: [{match: [{}], %1$s}, {%1$s}]                                                         | ''
          tcp: [{match: [{}], %1$s}, {match: [{port: 443}], %1$s}]                                   | spec.tcp[1]
          tcp: [{match: [{port: 443}], %1$s}, {%1$s}]                                                | ''
          tls: [{match: [{sniHosts: ['*.b.com']}], %1$s}, {match: [{sniHosts: [a.b.com]}], %1$s}]    | spec.tls[1]
          tls: [{match: [{sniHosts: [a.b.com]}], %1$s}, {match: [{sniHosts: ['*.b.com']}], %1$s}]    | ''
          tls: [{match: [{sniHosts: [a.b.com]}], %1$s}, {match: [{sniHosts: [a.b.com], port: 443}, {sniHosts: [b.b.com]}], %1$s}] | ''
          tls: [{match: [{sniHosts: [a.b.com], port: 443}], %1$s}, {match: [{sniHosts: [a.b.com]}], %1$s}] | ''
          """)
  void rulesThatAreNeverReachedAreReported(String spec, String field) {
    Given given =
        Given.yaml(SHOP, Given.tcpRules("r", "shop", "[web, '*.b.com']", spec.formatted(TO_WEB)));

    assertThat(given.fieldsOf(Severity.WARNING))
        .isEqualTo(field.isEmpty() ? List.of() : List.of(field));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http, 80  | tls: [{match: [{sniHosts: [web]}], %1$s}]            | spec.tls            | declared HTTP
          http, 80  | tcp: [{match: [{port: 80}], %1$s}]                   | spec.tcp            | declared HTTP
          http, 80  | tcp: [{match: [{port: 80}], %1$s}]                   | spec.tcp[0].match.port | declared HTTP
          grpc, 80  | tcp: [{%1$s}]                                        | spec.tcp            | declared HTTP
          tcp, 5432 | tls: [{match: [{sniHosts: [web]}], %1$s}]            | spec.tls            | declare the port as tls
          """)
  void rulesThatDoNothingAreReported(String port, String spec, String field, String expected) {
    String[] parts = port.split(", ");
    Given given =
        Given.yaml(
            Given.SHOP.replace("name: http, port: 80", "name: " + parts[0] + ", port: " + parts[1]),
            Given.tcpRules("r", "shop", "[web]", spec.formatted(TO_WEB)));

    assertThat(given.problems())
        .anySatisfy(problem -> {
          assertThat(problem.severity()).isEqualTo(Severity.WARNING);
          assertThat(problem.field()).isEqualTo(field);
          assertThat(problem.expected()).contains(expected);
        });
  }

  @Test
  void theServerNameIsSeenWhereTheAddressTellsNothing() {
    String rules =
        Given.tcpRules(
            "r",
            "shop",
            "[a.com]",
            "tls: [{match: [{sniHosts: [a.com]}], route: [{destination: {host: a.com}}]}]");
    String entry = "hosts: [a.com], ports: [{number: 1, name: tcp}]";

    assertThat(Given.yaml(rules, Given.entry("e", "shop", entry)).lines()).isEmpty();
    assertThat(
            Given.yaml(rules, Given.entry("e", "shop", entry + ", addresses: [240.0.0.1]"))
                .fieldsOf(Severity.WARNING))
        .containsExactly("spec.tls");
    assertThat(
            Given.yaml(rules, Given.entry("e", "shop", entry + ", addresses: [240.0.0.0/8]"))
                .fieldsOf(Severity.WARNING))
        .containsExactly("spec.tls");
  }

  @Test
  void aHostThatNothingDeclaresIsFoundByServerName() {
    Given given =
        Given.yaml(
            SHOP,
            Given.tcpRules(
                "r",
                "shop",
                "[old.example.com]",
                "tls: [{match: [{sniHosts: [old.example.com]}, {sniHosts: [old.example.com], port: 8443}], "
                    + TO_WEB.replace("host: web", "host: web, port: {number: 443}")
                    + "}]"));

    for (int port : List.of(443, 8443)) {
      TcpRules rules = given.tcpHost("shop", port, "old.example.com");
      assertThat(rules.declared()).isEqualTo(TcpRules.Declared.RULE);
      assertThat(rules.isFoundByServerName()).isTrue();
      assertThat(rules.service()).isEmpty();
    }
    assertThat(given.lines()).singleElement().asString().contains("to that server name");
    assertThat(given.lines().getFirst()).doesNotContain("Host header");
  }

  @Test
  void aWildcardRuleBindsDeclaredHostsAndANarrowRuleUnderAWildcardEntryHasItsService() {
    Given given =
        Given.yaml(
            Given.entry(
                "all",
                "shop",
                "hosts: ['*.example.com'], addresses: [240.0.0.1], ports: [{number: 443, name: tls}]"),
            API,
            Given.tcpRules(
                "wide",
                "shop",
                "['*.example.com']",
                "tcp: [{route: [{destination: {host: api.example.com}}]}]"),
            Given.tcpRules(
                "narrow",
                "shop",
                "[a.example.com]",
                "tcp: [{route: [{destination: {host: api.example.com}}]}]"));

    assertThat(given.tcp("shop", 443, "api.example.com").getFirst().origin().name())
        .isEqualTo("wide");
    assertThat(given.tcp("shop", 443, "b.example.com").getFirst().origin().name())
        .isEqualTo("wide");
    TcpRules narrow = given.tcpHost("shop", 443, "a.example.com");
    assertThat(given.tcp("shop", 443, "a.example.com").getFirst().origin().name())
        .isEqualTo("narrow");
    assertThat(narrow.service().orElseThrow().service().host()).isEqualTo("*.example.com");
    assertThat(narrow.addresses()).containsExactly(block("240.0.0.1", 32));
    assertThat(given.lines()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hosts: [a.com], ports: [{number: 1, name: tcp}]                            | true
          hosts: [a.com], ports: [{number: 1}]                                       | true
          hosts: [a.com], ports: [{number: 1, name: tls}]                            | true
          hosts: [a.com], ports: [{number: 1, name: http}]                           | false
          hosts: [a.com], ports: [{number: 1, name: grpc}]                           | false
          hosts: ['*.a.com'], ports: [{number: 1, name: tcp}]                        | false
          hosts: [a.com], addresses: [240.0.0.1], ports: [{number: 1, name: tcp}]    | false
          hosts: [a.com], addresses: [240.0.0.0/8], ports: [{number: 1, name: tcp}]  | false
          """)
  void entriesWithoutAddressesAreFoundByName(String spec, boolean named) {
    Given given = Given.yaml(Given.entry("e", "shop", spec));

    assertThat(given.table().tcpHosts(1).orElseThrow().named())
        .extracting(TcpRules::host)
        .isEqualTo(named ? List.of("a.com") : List.of());
  }

  @Test
  void servicesAreNeverFoundByName() {
    Given given = Given.yaml(SHOP, Given.SHOP.replace("10.0.0.1", "None").replace("web", "pods"));

    assertThat(given.table().tcpHosts(9000).orElseThrow().named()).isEmpty();
    assertThat(given.table().tcpHosts(80).orElseThrow().named()).isEmpty();
  }

  @Test
  void theClientsDestinationRuleHoldsBesideRoutesAndWithout() {
    Given given =
        Given.yaml(
            SHOP,
            Given.destinationRule(
                "d",
                "client",
                "host: "
                    + Given.WEB
                    + ", trafficPolicy: {connectionPool: {tcp: {idleTimeout: 5s}}}"),
            Given.tcpRules("r", "shop", "[web]", "tcp: [{match: [{port: 443}], " + TO_WEB + "}]"));

    assertThat(
            idleSeconds(
                given.tcpHost("client", 9000, "web.shop").ownCluster("client").orElseThrow()))
        .isEqualTo(5);
    assertThat(idleSeconds(given.tcpHost("shop", 9000, "web").ownCluster("shop").orElseThrow()))
        .isEqualTo(3600);
    assertThat(idleSeconds(only(given.tcp("client", 443, "web.shop")))).isEqualTo(5);
    assertThat(idleSeconds(only(given.tcp("shop", 443, "web")))).isEqualTo(3600);
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void entriesForOneHostInOneNamespaceAreOneService() {
    String second =
        "hosts: [api.example.com], resolution: NONE, ports: [{number: 443}, {number: 25, name: smtp}]";
    Given merged = Given.yaml(API, Given.entry("z", "shop", second));
    assertThat(merged.tcpHost("shop", 25, "api.example.com").service()).isPresent();
    assertThat(merged.fieldsOf(Severity.WARNING)).containsExactly("spec.ports");
    assertThat(merged.lines().getFirst()).contains("api.example.com port 443").contains("shop/api");

    Given foreign = Given.yaml(API, Given.entry("z", "zone", second));
    assertThat(foreign.table().tcpHost("shop", 25, "api.example.com")).isEmpty();
    assertThat(foreign.fieldsOf(Severity.WARNING)).containsExactly("spec.hosts");
  }

  private static Given shop(String spec) {
    return Given.yaml(SHOP, Given.tcpRules("r", "shop", "[web]", spec.formatted(TO_WEB)));
  }

  private static Cluster only(List<TcpRoute> routes) {
    return routes.getFirst().split().clusters().getFirst().cluster();
  }

  private static long idleSeconds(Cluster cluster) {
    return cluster.tcp().idleTimeout().orElseThrow().toSeconds();
  }

  private static AddressBlock block(String network, int prefixLength) {
    return new AddressBlock(InetAddress.ofLiteral(network), prefixLength);
  }
}
