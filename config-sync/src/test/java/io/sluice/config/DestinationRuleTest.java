package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.problem.Problem.Severity;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.mesh.service.UpstreamTls;
import io.sluice.mesh.tcp.TcpRules;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How DestinationRules shape clusters, and which one is in force. */
class DestinationRuleTest {
  @Test
  void tlsTakesServerNameAndNamesFromTheHost() {
    assertThat(tls("mode: SIMPLE"))
        .hasValue(new UpstreamTls(Given.WEB, List.of(), Optional.empty(), false));
  }

  @Test
  void tlsAsWritten() {
    assertThat(
            tls("mode: SIMPLE, sni: a.com, subjectAltNames: [b.com], caCertificates: /etc/ca.pem"))
        .hasValue(new UpstreamTls("a.com", List.of("b.com"), Optional.of("/etc/ca.pem"), false));
    assertThat(tls("mode: DISABLE")).isEmpty();
  }

  @Test
  void anUncheckedCertificateIsWarnedOf() {
    Given given = withRule("trafficPolicy: {tls: {mode: SIMPLE, insecureSkipVerify: true}}");

    assertThat(own(given).tls().orElseThrow().insecureSkipVerify()).isTrue();
    assertThat(given.fieldsOf(Severity.WARNING))
        .containsExactly("spec.trafficPolicy.tls.insecureSkipVerify");
  }

  @Test
  void mutualTlsIsNeverPlaintext() {
    Given given =
        withRule("trafficPolicy: {tls: {mode: MUTUAL, clientCertificate: /a, privateKey: /b}}");

    assertThat(own(given).tls()).isPresent();
    assertThat(given.fieldsOf(Severity.NOT_SUPPORTED)).contains("spec.trafficPolicy.tls.mode");
  }

  @ParameterizedTest
  @CsvSource({
    "UNSPECIFIED, LEAST_REQUEST",
    "LEAST_CONN, LEAST_REQUEST",
    "LEAST_REQUEST, LEAST_REQUEST",
    "ROUND_ROBIN, ROUND_ROBIN",
    "RANDOM, RANDOM"
  })
  void loadBalancers(String written, LoadBalancer expected) {
    Given given = withRule("trafficPolicy: {loadBalancer: {simple: " + written + "}}");

    assertThat(own(given).loadBalancer()).isEqualTo(expected);
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void settingsOfAPortReplaceTheOthersAsAWhole() {
    Given given =
        withRule(
            "trafficPolicy: {loadBalancer: {simple: RANDOM}, connectionPool: {tcp: {connectTimeout: 1s}},"
                + " portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]}");

    assertThat(own(given).tls()).isPresent();
    assertThat(own(given).loadBalancer()).isEqualTo(LoadBalancer.LEAST_REQUEST);
    assertThat(own(given).connectTimeout()).isEqualTo(Cluster.DEFAULT_CONNECT_TIMEOUT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                            | PT1H  | ''
          idleTimeout: 0s                               | never | ''
          idleTimeout: 30s                              | PT30S | ''
          tcpKeepalive: {}                              | PT1H  | PT2H PT1M15S 9
          tcpKeepalive: {time: 5s}                      | PT1H  | PT5S PT1M15S 9
          tcpKeepalive: {interval: 1m, probes: 127}     | PT1H  | PT2H PT1M 127
          tcpKeepalive: {time: 32767s, interval: 1s, probes: 0} | PT1H | PT9H6M7S PT1S 9
          """)
  void tcpOptions(String pool, String idle, String keepalive) {
    Given given = withRule("trafficPolicy: {connectionPool: {tcp: {" + pool + "}}}");

    TcpOptions options = own(given).tcp();
    assertThat(options.idleTimeout().map(Duration::toString).orElse("never")).isEqualTo(idle);
    assertThat(
            options
                .keepalive()
                .map(alive -> alive.time() + " " + alive.interval() + " " + alive.probes())
                .orElse(""))
        .isEqualTo(keepalive);
    assertThat(given.lines()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"time: 10h, PT9H6M7S", "time: 1500ms, PT1S"})
  void aKeepaliveThatLinuxDoesNotTakeIsWarnedOf(String time, String used) {
    Given given =
        withRule("trafficPolicy: {connectionPool: {tcp: {tcpKeepalive: {" + time + "}}}}");

    assertThat(own(given).tcp().keepalive().orElseThrow().time()).hasToString(used);
    assertThat(given.fieldsOf(Severity.WARNING))
        .containsExactly("spec.trafficPolicy.connectionPool.tcp.tcpKeepalive.time");
  }

  @Test
  void tcpOptionsOfAPortOrASubsetReplaceTheOthersAsAWhole() {
    String pools =
        "trafficPolicy: {connectionPool: {tcp: {connectTimeout: 1s, idleTimeout: 1m}}%s},"
            + " subsets: [{name: v2, labels: {version: v2}%s}]";
    String rules =
        Given.rules("r", "shop", "[web]", "[{route: [{destination: {host: web, subset: v2}}]}]");

    Given inherited =
        Given.yaml(
            Given.SHOP,
            Given.destinationRule("d", "shop", "host: web, " + pools.formatted("", "")),
            rules);
    assertThat(inherited.cluster("shop", 80, "web").tcp().idleTimeout())
        .hasValue(Duration.ofMinutes(1));

    Given subset =
        Given.yaml(
            Given.SHOP,
            Given.destinationRule(
                "d",
                "shop",
                "host: web, "
                    + pools.formatted(
                        "", ", trafficPolicy: {connectionPool: {tcp: {idleTimeout: 2m}}}")),
            rules);
    assertThat(subset.cluster("shop", 80, "web").tcp().idleTimeout())
        .hasValue(Duration.ofMinutes(2));
    assertThat(subset.cluster("shop", 80, "web").connectTimeout())
        .isEqualTo(Cluster.DEFAULT_CONNECT_TIMEOUT);

    Given port =
        withRule(
            pools.formatted(
                ", portLevelSettings: [{port: {number: 80}, loadBalancer: {simple: RANDOM}}]", ""));
    assertThat(own(port).tcp()).isEqualTo(TcpOptions.DEFAULT);
  }

  @Test
  void aSubsetChoosesByLabelsAndLiesOverTheRule() {
    Given given =
        Given.yaml(
            Given.SHOP,
            Given.destinationRule(
                "d",
                "shop",
                "host: web, trafficPolicy: {loadBalancer: {simple: RANDOM}, connectionPool: {tcp: {connectTimeout: 1s}}},"
                    + " subsets: [{name: v2, labels: {version: v2}, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}]"),
            Given.rules(
                "r", "shop", "[web]", "[{route: [{destination: {host: web, subset: v2}}]}]"));

    Cluster cluster = given.cluster("shop", 80, "web");
    assertThat(cluster.id()).hasToString("outbound|80|v2|" + Given.WEB);
    assertThat(Given.endpoints(cluster)).containsExactly("10.1.0.2:8080");
    assertThat(cluster.loadBalancer()).isEqualTo(LoadBalancer.ROUND_ROBIN);
    assertThat(cluster.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aSubsetWithoutPodsIsWarnedOfAndHasNoEndpoint() {
    Given given =
        Given.yaml(
            Given.SHOP,
            Given.destinationRule(
                "d", "shop", "host: web, subsets: [{name: v9, labels: {version: v9}}]"),
            Given.rules(
                "r", "shop", "[web]", "[{route: [{destination: {host: web, subset: v9}}]}]"));

    assertThat(Given.endpoints(given.cluster("shop", 80, "web"))).isEmpty();
    assertThat(given.fieldsOf(Severity.WARNING)).containsExactly("spec.subsets[0].labels");
  }

  @Test
  void theClientsNamespaceComesBeforeTheServicesAndTheRoot() {
    Given given =
        Given.yaml(
            Given.SHOP,
            balanced("client", "RANDOM", Given.WEB),
            balanced("shop", "ROUND_ROBIN", "web"),
            balanced("istio-system", "LEAST_REQUEST", "'*.local'"));

    assertThat(given.cluster("client", 80, "web.shop").loadBalancer())
        .isEqualTo(LoadBalancer.RANDOM);
    assertThat(given.host("shop", 80, "web").routesFor("shop")).isEmpty();
    assertThat(own(given).loadBalancer()).isEqualTo(LoadBalancer.ROUND_ROBIN);
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void theRootNamespaceIsTheLastResort() {
    Given given = Given.yaml(Given.SHOP, balanced("istio-system", "RANDOM", "'*.local'"));

    assertThat(own(given).loadBalancer()).isEqualTo(LoadBalancer.RANDOM);
  }

  @Test
  void theClientsRuleHoldsInVirtualServicesToo() {
    Given given =
        Given.yaml(
            Given.SHOP,
            balanced("client", "RANDOM", Given.WEB),
            Given.rules(
                "r", "shop", "[web]", "[{timeout: 1s, route: [{destination: {host: web}}]}]"));

    assertThat(given.cluster("client", 80, "web.shop").loadBalancer())
        .isEqualTo(LoadBalancer.RANDOM);
    assertThat(given.cluster("shop", 80, "web").loadBalancer())
        .isEqualTo(LoadBalancer.LEAST_REQUEST);
    assertThat(given.routes("client", 80, "web.shop").getFirst().timeout()).isPresent();
  }

  @Test
  void theNarrowestHostOfANamespaceWins() {
    Given given =
        Given.yaml(
            Given.SHOP,
            balanced("shop", "RANDOM", "'*.shop.svc.cluster.local'"),
            balanced("shop", "ROUND_ROBIN", "web").replace("name: d-ROUND", "name: e-ROUND"));

    assertThat(own(given).loadBalancer()).isEqualTo(LoadBalancer.ROUND_ROBIN);
  }

  @Test
  void rulesForOneHostAreMerged() {
    Given given =
        Given.yaml(
            Given.SHOP,
            Given.destinationRule(
                "a", "shop", "host: web, subsets: [{name: v1, labels: {version: v1}}]"),
            Given.destinationRule(
                "b", "shop", "host: web, trafficPolicy: {loadBalancer: {simple: RANDOM}}"),
            Given.destinationRule(
                "c", "shop", "host: web, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}"),
            Given.rules(
                "r", "shop", "[web]", "[{route: [{destination: {host: web, subset: v1}}]}]"));

    assertThat(given.cluster("shop", 80, "web").loadBalancer()).isEqualTo(LoadBalancer.RANDOM);
    assertThat(given.fieldsOf(Severity.WARNING)).containsExactly("spec.trafficPolicy");
  }

  @Test
  void aWildcardGivesNoServerName() {
    String entry =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: all, namespace: shop}
        spec: {hosts: ['*.example.com'], ports: [{number: 443, name: tls}]}
        """;

    assertThat(
            Given.yaml(
                    entry,
                    Given.destinationRule(
                        "d", "shop", "host: '*.example.com', trafficPolicy: {tls: {mode: SIMPLE}}"))
                .fieldsOf(Severity.WARNING))
        .containsExactly("spec.trafficPolicy.tls.sni");
  }

  @Test
  void onOpaquePortsAClientsRuleHoldsToo() {
    Given given =
        Given.yaml(
            Given.SHOP.replace("name: http,", "name: tcp,"),
            balanced("client", "RANDOM", Given.WEB));

    TcpRules rules = given.table().tcpHost("shop", 80, "web").orElseThrow();
    assertThat(rules.ownCluster("client").orElseThrow().loadBalancer())
        .isEqualTo(LoadBalancer.RANDOM);
    assertThat(rules.ownCluster("shop").orElseThrow().loadBalancer())
        .isEqualTo(LoadBalancer.LEAST_REQUEST);
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void aHostThatNothingDeclaresIsWarnedOf() {
    Given given = Given.yaml(Given.destinationRule("d", "shop", "host: wbe"));

    assertThat(given.lines())
        .singleElement()
        .asString()
        .contains("spec.host: wbe")
        .contains("wbe.shop.svc.cluster.local");
  }

  private static String balanced(String namespace, String kind, String host) {
    return Given.destinationRule(
        "d-" + kind.toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
        namespace,
        "host: " + host + ", trafficPolicy: {loadBalancer: {simple: " + kind + "}}");
  }

  private static Given withRule(String spec) {
    return Given.yaml(Given.SHOP, Given.destinationRule("d", "shop", "host: web, " + spec));
  }

  private static Optional<UpstreamTls> tls(String settings) {
    return own(withRule("trafficPolicy: {tls: {" + settings + "}}")).tls();
  }

  private static Cluster own(Given given) {
    return given.serviceAt("10.0.0.1", 80).cluster();
  }
}
