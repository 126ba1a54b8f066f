package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.http.HeaderMatch;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpMatch;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.http.StringMatch;
import io.sluice.mesh.problem.Problem.Severity;
import io.sluice.mesh.service.TrafficSplit;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a VirtualService compiles to. */
class RulesTest {
  private static final String TO_WEB = "route: [{destination: {host: web}}]";

  @ParameterizedTest
  @ValueSource(strings = {"web", "web.shop", "web.shop.svc", Given.WEB, "10.0.0.1"})
  void aServiceIsFoundByEachOfItsNames(String host) {
    Given given = Given.shopWithRules("[{timeout: 1s, " + TO_WEB + "}]");

    assertThat(given.routes("shop", 80, host).getFirst().timeout()).hasValue(Duration.ofSeconds(1));
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void aShortNameIsLookedUpInTheClientsNamespace() {
    Given given = Given.yaml(Given.SHOP);

    assertThat(given.table().host("shop", 80, "web")).isPresent();
    assertThat(given.table().host("other", 80, "web")).isEmpty();
    assertThat(given.table().host("other", 80, "web.shop")).isPresent();
  }

  @Test
  void aShortHostIsResolvedInTheNamespaceOfTheRule() {
    Given given = Given.yaml(Given.SHOP, Given.rules("r", "other", "[web]", "[{" + TO_WEB + "}]"));

    assertThat(given.routes("shop", 80, "web")).isEmpty();
    assertThat(given.lines())
        .anySatisfy(line ->
            assertThat(line)
                .startsWith("WARNING VirtualService other/r spec.hosts: web")
                .contains("looked for as web.other.svc.cluster.local"));
  }

  @Test
  void readsEveryKindOfMatch() {
    Given given =
        Given.shopWithRules(
            """
            [{match: [{uri: {prefix: /a}, ignoreUriCase: true, method: {exact: GET}, authority: {regex: "w.*"},
                       headers: {X-User: {exact: ann}, x-any: {}}, withoutHeaders: {x-not: {}}, port: 80,
                       sourceLabels: {app: shop}, sourceNamespace: shop}],
              route: [{destination: {host: web}}]}]
            """);

    HttpMatch match = given.routes("shop", 80, "web").getFirst().matches().getFirst();
    assertThat(match.uri()).hasValue(new StringMatch.Prefix("/a"));
    assertThat(match.ignoreUriCase()).isTrue();
    assertThat(match.method()).hasValue(new StringMatch.Exact("GET"));
    assertThat(match.authority().orElseThrow().matches("web")).isTrue();
    assertThat(match.authority().orElseThrow().matches("a web")).isFalse();
    assertThat(match.headers())
        .containsExactly(
            new HeaderMatch("x-user", new StringMatch.Exact("ann")),
            new HeaderMatch("x-any", new StringMatch.Present()));
    assertThat(match.withoutHeaders())
        .containsExactly(new HeaderMatch("x-not", new StringMatch.Present()));
    assertThat(match.port()).hasValue(80);
    assertThat(match.sourceLabels()).containsEntry("app", "shop");
    assertThat(match.sourceNamespace()).hasValue("shop");
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void aConditionThatCantBeCheckedNeverHolds() {
    Given given =
        Given.shopWithRules(
            "[{name: canary, match: [{queryParams: {v: {exact: '2'}}}], "
                + TO_WEB
                + "},"
                + "{name: typo, match: [{heders: {v: {exact: '2'}}}], "
                + TO_WEB
                + "},"
                + "{name: typo2, match: [{uri: {prefx: /a}}], "
                + TO_WEB
                + "},"
                + "{name: gateway, match: [{gateways: [edge]}], "
                + TO_WEB
                + "},"
                + "{name: rest, "
                + TO_WEB
                + "}]");

    assertThat(given.routes("shop", 80, "web")).extracting(HttpRoute::name).containsExactly("rest");
    assertThat(given.fieldsOf(Severity.NOT_SUPPORTED))
        .containsExactly("spec.http[0].match[0].queryParams");
    assertThat(given.fieldsOf(Severity.WARNING))
        .containsExactly("spec.http[1].match[0].heders", "spec.http[2].match[0].uri.prefx");
  }

  @Test
  void aRuleForOnePortIsInForceThereOnly() {
    Given given =
        Given.yaml(
            Given.SHOP.replace(
                "[{name: http, port: 80, targetPort: 8080}]",
                "[{name: http, port: 80}, {name: http-b, port: 81}]"),
            Given.rules("r", "shop", "[web]", "[{match: [{port: 81}], " + TO_WEB + "}]"));

    assertThat(given.host("shop", 80, "web").routesFor("shop")).isEmpty();
    assertThat(given.cluster("shop", 81, "web").id().port()).isEqualTo(81);
  }

  @Test
  void weightsAreKept() {
    Given given =
        Given.yaml(
            Given.SHOP,
            Given.destinationRule(
                "d",
                "shop",
                "host: web, subsets: [{name: a, labels: {version: v1}}, {name: b, labels: {version: v2}}]"),
            Given.rules(
                "r",
                "shop",
                "[web]",
                "[{route: [{destination: {host: web, subset: a}, weight: 1}, {destination: {host: web, subset: b}, weight: 3}]}]"));

    HttpAction.Forward forward =
        (HttpAction.Forward) given.routes("shop", 80, "web").getFirst().action();
    assertThat(forward.split().clusters())
        .extracting(TrafficSplit.Weighted::weight)
        .containsExactly(1, 3);
    assertThat(forward.split().clusters())
        .extracting(weighted -> Given.endpoints(weighted.cluster()))
        .containsExactly(List.of("10.1.0.1:8080"), List.of("10.1.0.2:8080"));
    assertThat(given.lines()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          host: nowhere                  | spec.http[0].route[0].destination.host
          host: web, port: {number: 81}  | spec.http[0].route[0].destination.port.number
          host: web, subset: v9          | spec.http[0].route[0].destination.subset
          """)
  void aDestinationThatDoesNotExistAnswers503(String destination, String field) {
    Given given = Given.shopWithRules("[{route: [{destination: {" + destination + "}}]}]");

    assertThat(given.routes("shop", 80, "web").getFirst().action())
        .isInstanceOfSatisfying(
            HttpAction.Respond.class, respond -> assertThat(respond.status()).isEqualTo(503));
    assertThat(given.fieldsOf(Severity.WARNING)).containsExactly(field);
  }

  @Test
  void theShareOfAMissingDestinationGoesToNobody() {
    Given given =
        Given.shopWithRules(
            "[{route: [{destination: {host: web}, weight: 90}, {destination: {host: nowhere}, weight: 10}]}]");

    assertThat(Given.clusters(given.routes("shop", 80, "web").getFirst()))
        .satisfiesExactly(
            web -> assertThat(Given.endpoints(web)).hasSize(2),
            nobody -> assertThat(Given.endpoints(nobody)).isEmpty());
  }

  @Test
  void rulesBehindACatchAllAreReported() {
    Given given = Given.shopWithRules("[{" + TO_WEB + "}, {timeout: 1s, " + TO_WEB + "}]");

    assertThat(given.fieldsOf(Severity.WARNING)).containsExactly("spec.http[1]");
  }

  @Test
  void theFirstOfSeveralRulesForAHostWinsAndTheOtherIsReported() {
    Given given =
        Given.yaml(
            Given.SHOP,
            Given.rules("b", "shop", "[web]", "[{timeout: 2s, " + TO_WEB + "}]"),
            Given.rules("a", "shop", "[web]", "[{timeout: 1s, " + TO_WEB + "}]"));

    assertThat(given.routes("shop", 80, "web").getFirst().origin().name()).isEqualTo("a");
    assertThat(given.lines())
        .singleElement()
        .asString()
        .contains("VirtualService shop/b spec.hosts")
        .contains("VirtualService shop/a is older or comes first by name");
  }

  @Test
  void theOldestWinsBeforeTheName() {
    String older =
        Given.rules("z", "shop", "[web]", "[{timeout: 2s, " + TO_WEB + "}]")
            .replace("name: z,", "name: z, creationTimestamp: '2020-01-01T00:00:00Z',");
    Given given =
        Given.yaml(
            Given.SHOP,
            older,
            Given.rules("a", "shop", "[web]", "[{timeout: 1s, " + TO_WEB + "}]"));

    assertThat(given.routes("shop", 80, "web").getFirst().origin().name()).isEqualTo("z");
  }

  @Test
  void theLongestHostWins() {
    Given given =
        Given.yaml(
            Given.SHOP,
            Given.rules("a", "shop", "['*']", "[{timeout: 3s, " + TO_WEB + "}]"),
            Given.rules(
                "b", "shop", "['*.shop.svc.cluster.local']", "[{timeout: 2s, " + TO_WEB + "}]"),
            Given.rules("c", "shop", "['*.example.com']", "[{timeout: 5s, " + TO_WEB + "}]"));

    assertThat(timeout(given, "web")).isEqualTo(Duration.ofSeconds(2));
    assertThat(timeout(given, "a.b.example.com")).isEqualTo(Duration.ofSeconds(5));
    assertThat(timeout(given, "else.org")).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void exportToLimitsWhoIsBound() {
    Given given =
        Given.yaml(
            Given.SHOP,
            Given.rules("own", "shop", "[web]", "[{timeout: 1s, " + TO_WEB + "}]")
                .replace("spec:", "spec:\n  exportTo: ['.']"),
            Given.rules("all", "shop", "[web]", "[{timeout: 2s, " + TO_WEB + "}]"),
            Given.rules("none", "shop", "[web]", "[{timeout: 3s, " + TO_WEB + "}]")
                .replace("spec:", "spec:\n  exportTo: ['~']"));

    assertThat(given.routes("shop", 80, "web").getFirst().timeout())
        .hasValue(Duration.ofSeconds(1));
    assertThat(given.routes("other", 80, "web.shop").getFirst().timeout())
        .hasValue(Duration.ofSeconds(2));
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void rulesForOtherGatewaysDoNotApplyAndAreNotJudged() {
    Given given =
        Given.yaml(
            Given.SHOP,
            Given.rules("r", "shop", "[web]", "[{rewrite: {uri: /}, " + TO_WEB + "}]")
                .replace("spec:", "spec:\n  gateways: [edge]"));

    assertThat(given.routes("shop", 80, "web")).isEmpty();
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void aHostThatNothingDeclaresHasItsRulesOnPort80() {
    Given given =
        Given.yaml(
            Given.SHOP,
            Given.rules("r", "shop", "[api.example.com]", "[{timeout: 1s, " + TO_WEB + "}]"));

    assertThat(timeout(given, "api.example.com")).isEqualTo(Duration.ofSeconds(1));
    assertThat(given.fieldsOf(Severity.WARNING)).containsExactly("spec.hosts");
  }

  @Test
  void whatStandsForARouteAndIsNotSupportedDoesNotLetTheNextRuleApply() {
    Given given = Given.shopWithRules("[{redirect: {uri: /b}}, {" + TO_WEB + "}]");

    assertThat(given.routes("shop", 80, "web").getFirst().action())
        .isInstanceOf(HttpAction.Respond.class);
    assertThat(given.fieldsOf(Severity.NOT_SUPPORTED)).containsExactly("spec.http[0].redirect");
  }

  @Test
  void httpRulesOnOpaquePortsAreReported() {
    Given given =
        Given.yaml(
            Given.SHOP.replace("name: http,", "name: tcp-web,"),
            Given.rules("r", "shop", "[web]", "[{match: [{port: 80}], " + TO_WEB + "}]"));

    assertThat(given.table().host("shop", 80, "web")).isEmpty();
    assertThat(given.fieldsOf(Severity.WARNING))
        .containsExactly("spec.http", "spec.http[0].match.port");
  }

  @Test
  void portEightyToPort443NeedsTls() {
    String entry =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: api, namespace: shop}
        spec:
          hosts: [api.example.com]
          resolution: DNS
          ports: [{number: 80, name: http, protocol: HTTP}, {number: 443, name: https, protocol: HTTPS}]
        """;
    String rule =
        Given.rules(
            "r",
            "shop",
            "[api.example.com]",
            "[{route: [{destination: {host: api.example.com, port: {number: 443}}}]}]");

    assertThat(Given.yaml(entry, rule).lines())
        .singleElement()
        .asString()
        .contains("Add a DestinationRule for host api.example.com in namespace shop")
        .contains("trafficPolicy.tls.mode: SIMPLE");
    assertThat(
            Given.yaml(
                    entry,
                    rule,
                    Given.destinationRule(
                        "d", "shop", "host: api.example.com, trafficPolicy: {tls: {mode: SIMPLE}}"))
                .lines())
        .isEmpty();
  }

  private static Duration timeout(Given given, String host) {
    return given.routes("shop", 80, host).getFirst().timeout().orElseThrow();
  }
}
