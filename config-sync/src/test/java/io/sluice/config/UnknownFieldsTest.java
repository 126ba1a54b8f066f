package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.problem.Problem.Severity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No field is dropped in silence, and fields that are none of our business are left alone. */
class UnknownFieldsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          retries: {attempts: 3}             | retries
          rewrite: {uri: /b}                 | rewrite
          mirror: {host: web}                | mirror
          mirrors: [{destination: {host: web}}] | mirrors
          mirrorPercentage: {value: 5}       | mirrorPercentage
          corsPolicy: {maxAge: 1s}           | corsPolicy
          headers: {request: {set: {a: b}}}  | headers
          fault: {delay: {fixedDelay: 1s}}   | fault.delay
          directResponse: {status: 200}      | directResponse
          delegate: {name: a}                | delegate
          """)
  void ofARuleThatHaveNoEffectYet(String rule, String field) {
    Given given = Given.shopWithRules("[{" + rule + ", route: [{destination: {host: web}}]}]");

    assertThat(given.fieldsOf(Severity.NOT_SUPPORTED)).containsExactly("spec.http[0]." + field);
    assertThat(given.fieldsOf(Severity.ERROR)).isEmpty();
    assertThat(given.routes("shop", 80, "web")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          outlierDetection: {consecutive5xxErrors: 5}            | outlierDetection
          connectionPool: {http: {http2MaxRequests: 1}}          | connectionPool.http
          connectionPool: {tcp: {maxConnections: 1}}             | connectionPool.tcp.maxConnections
          loadBalancer: {consistentHash: {httpHeaderName: x}}    | loadBalancer.consistentHash
          loadBalancer: {simple: RANDOM, warmup: {duration: 1s}} | loadBalancer.warmup
          loadBalancer: {simple: PASSTHROUGH}                    | loadBalancer.simple
          tls: {mode: SIMPLE, credentialName: a}                 | tls.credentialName
          tls: {mode: ISTIO_MUTUAL}                              | tls.mode
          retryBudget: {percent: 20}                             | retryBudget
          """)
  void ofATrafficPolicyThatHaveNoEffectYet(String policy, String field) {
    Given given =
        Given.yaml(
            Given.SHOP,
            Given.destinationRule("d", "shop", "host: web, trafficPolicy: {" + policy + "}"));

    assertThat(given.fieldsOf(Severity.NOT_SUPPORTED))
        .containsExactly("spec.trafficPolicy." + field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          timeOut: 1s                                                  | timeOut
          fault: {abort: {httpStatus: 503, percentage: {val: 1}}}      | fault.abort.percentage.val
          fault: {abort: {httpStatus: 503, percentage: {value: 1}, percnt: 1}} | fault.abort.percnt
          """)
  void thatTheApiDoesNotHaveAreReportedByPath(String rule, String field) {
    Given given = Given.shopWithRules("[{" + rule + ", route: [{destination: {host: web}}]}]");

    assertThat(given.fieldsOf(Severity.WARNING)).contains("spec.http[0]." + field);
    assertThat(given.lines()).anyMatch(line -> line.contains("this one is unknown"));
  }

  /** The typed models lose these: a misspelled field beside a oneof, and one in a spec. */
  @Test
  void besideAOneofSurvive() {
    Given given =
        Given.yaml(
            Given.SHOP,
            Given.destinationRule(
                "d",
                "shop",
                "host: web, hst: x, trafficPolicy: {loadBalancer: {simple: RANDOM, smple: 1}}"));

    assertThat(given.fieldsOf(Severity.WARNING))
        .containsExactly("spec.trafficPolicy.loadBalancer.smple", "spec.hst");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "networking.istio.io/v1 Sidecar",
        "networking.istio.io/v1alpha3 EnvoyFilter",
        "networking.istio.io/v1 WorkloadEntry",
        "networking.istio.io/v1 Gateway",
        "security.istio.io/v1 PeerAuthentication",
        "security.istio.io/v1 AuthorizationPolicy",
        "telemetry.istio.io/v1 Telemetry",
        "extensions.istio.io/v1alpha1 WasmPlugin",
        "gateway.networking.k8s.io/v1 HTTPRoute",
        "gateway.networking.k8s.io/v1 GRPCRoute"
      })
  void ofKindsThatAreNotSupportedTheObjectIsReportedOnce(String kind) {
    String[] parts = kind.split(" ");
    Given given =
        Given.yaml(
            "{apiVersion: "
                + parts[0]
                + ", kind: "
                + parts[1]
                + ", metadata: {name: a}, spec: {x: 1, y: 2}}");

    assertThat(given.problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.severity()).isEqualTo(Severity.NOT_SUPPORTED);
          assertThat(problem.resource()).hasToString(parts[1] + " default/a");
        });
  }

  @Test
  void ofAServiceAreReportedForTheyLeadTrafficElsewhere() {
    Given given =
        Given.yaml(
            Given.SHOP
                .replace("selector:", "selecter:")
                .replace("targetPort:", "targetport:")
                .replace("clusterIP:", "internalTrafficPolicy: Local\n  clusterIP:"));

    assertThat(given.fieldsOf(Severity.WARNING))
        .containsExactly("spec.selecter", "spec.ports[0].targetport");
    assertThat(given.fieldsOf(Severity.NOT_SUPPORTED))
        .containsExactly("spec.internalTrafficPolicy");
  }

  @Test
  void withControlCharactersOrWithoutEndDoNotSpoilTheLog() {
    Given given =
        Given.yaml(
            "{apiVersion: networking.istio.io/v1, kind: \"Gate\\nway\", metadata: {name: a}}",
            Given.destinationRule(
                "d", "shop", "host: a.com, \"x\\n\\e[31mERROR " + "y".repeat(500) + "\": 1"));

    assertThat(given.lines())
        .hasSize(3)
        .allSatisfy(
            line -> assertThat(line).hasSizeLessThan(500).doesNotContainPattern("\\p{Cntrl}"));
  }

  @Test
  void aVirtualServiceWithoutRulesIsRefused() {
    Given given =
        Given.yaml(Given.SHOP, Given.rules("r", "shop", "[web]", "[]").replace("http:", "htpp:"));

    assertThat(given.fieldsOf(Severity.ERROR)).containsExactly("spec.http");
    assertThat(given.fieldsOf(Severity.WARNING)).containsExactly("spec.htpp");
  }

  @Test
  void thatAreNoneOfOurBusinessAreLeftAlone() {
    Given given =
        Given.yaml(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec: {replicas: 3}
            """,
            """
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata: {name: hello}
            """,
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop, finalizers: [x], managedFields: []}
            spec: {type: LoadBalancer, clusterIP: 10.0.0.1, sessionAffinity: None, ports: [{port: 80, nodePort: 30000}]}
            status: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}}
            """,
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: shop}
            spec:
              containers: [{name: a, image: b, resources: {limits: {cpu: 500m}}, livenessProbe: {httpGet: {port: http}}}]
              newFieldOfTomorrow: 1
            """);

    assertThat(given.lines()).isEmpty();
  }
}
