package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.problem.Problem.Severity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong values are errors that name field, value and what is right; the resource is not used. */
class WrongValuesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {timeout: 1sec}                                       | timeout                            | 1sec   | a duration with a unit
          {timeout: 5}                                          | timeout                            | 5      | a string
          {timeout: '5'}                                        | timeout                            | 5      | a duration with a unit
          {timeout: -1s}                                        | timeout                            | -1s    | a duration with a unit
          {timeout: 10us}                                       | timeout                            | 10us   | at least 1ms
          {match: [{port: 70000}]}                              | match[0].port                      | 70000  | 1..65535
          {match: [{uri: {regex: '(?=a)'}}]}                    | match[0].uri.regex                 | (?=a)  | RE2
          {match: [{uri: {exact: a, prefix: b}}]}               | match[0].uri                       | exact  | one of exact, prefix, regex
          {match: [{sourceLabels: {version: 1.10}}]}            | match[0].sourceLabels.version      | 1.1    | quotes
          {match: {uri: {exact: a}}}                            | match                              | ''     | a list
          {fault: {abort: {httpStatus: 99}}}                    | fault.abort.httpStatus             | 99     | 200..599
          {fault: {abort: {httpStatus: 503, percentage: {value: 101}}}} | fault.abort.percentage.value | 101  | 0..100
          {fault: {abort: {percentage: {value: 10}}}}           | fault.abort.httpStatus             | ''     | a status
          """)
  void ofARule(String rule, String field, String value, String expected) {
    String http = rule.substring(0, rule.length() - 1) + ", route: [{destination: {host: web}}]}";
    Given given = Given.shopWithRules("[" + http + "]");

    Problem error = onlyError(given);
    assertThat(error.resource()).hasToString("VirtualService shop/web");
    assertThat(error.field()).isEqualTo("spec.http[0]." + field);
    assertThat(error.value()).contains(value);
    assertThat(error.expected()).contains(expected);
    assertThat(error.source()).isEqualTo("test.yaml");
    assertThat(given.routes("shop", 80, "web")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                                                           | route                     | destination
          [{destination: {}}]                                          | route[0].destination.host | a route needs a destination
          [{destination: {host: a b}}]                                 | route[0].destination.host | a host name
          [{destination: {host: web}, weight: -1}]                     | route[0].weight           | a whole number
          [{destination: {host: web}}, {destination: {host: web}}]     | route                     | weights
          """)
  void ofARoute(String route, String field, String expected) {
    Problem error = onlyError(Given.shopWithRules("[{route: " + route + "}]"));

    assertThat(error.field()).isEqualTo("spec.http[0]." + field);
    assertThat(error.expected()).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          trafficPolicy: {tls: {mode: SIMPEL}}                         | spec.trafficPolicy.tls.mode            | DISABLE, SIMPLE
          trafficPolicy: {loadBalancer: {simple: FASTEST}}             | spec.trafficPolicy.loadBalancer.simple | ROUND_ROBIN
          trafficPolicy: {connectionPool: {tcp: {connectTimeout: 1}}}  | spec.trafficPolicy.connectionPool.tcp.connectTimeout | quotes
          trafficPolicy: {connectionPool: {tcp: {idleTimeout: -1s}}}   | spec.trafficPolicy.connectionPool.tcp.idleTimeout | a duration
          trafficPolicy: {connectionPool: {tcp: {tcpKeepalive: {time: 500ms}}}} | spec.trafficPolicy.connectionPool.tcp.tcpKeepalive.time | at least 1s
          trafficPolicy: {connectionPool: {tcp: {tcpKeepalive: {probes: 128}}}} | spec.trafficPolicy.connectionPool.tcp.tcpKeepalive.probes | 0..127
          trafficPolicy: {portLevelSettings: [{}]}                     | spec.trafficPolicy.portLevelSettings[0].port.number | 1..65535
          subsets: [{name: a}, {name: a}]                              | spec.subsets[1].name                   | no other subset
          subsets: [{labels: {a: b}}]                                  | spec.subsets[0].name                   | a name
          trafficPolicy: {outlierDetection: {consecutive5xxErrors: many}} | spec.trafficPolicy.outlierDetection.consecutive5xxErrors | a whole number
          """)
  void ofADestinationRule(String policy, String field, String expected) {
    Problem error =
        onlyError(
            Given.yaml(Given.SHOP, Given.destinationRule("d", "shop", "host: web, " + policy)));

    assertThat(error.field()).isEqualTo(field);
    assertThat(error.expected()).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hosts: [a.com], resolution: STATIC, endpoints: [{address: b.com}], ports: [{number: 80}] | spec.endpoints[0].address | DNS
          hosts: ['*.a.com'], resolution: DNS, ports: [{number: 80}]      | spec.hosts             | wildcard
          hosts: [a.com], resolution: MAGIC, ports: [{number: 80}]        | spec.resolution        | STATIC
          hosts: [a.com], ports: [{number: 0}]                            | spec.ports[0].number   | 1..65535
          hosts: [a.com], ports: [{number: 80}, {number: 80}]             | spec.ports[1].number   | no other port
          hosts: [a.com], ports: [{number: 80}], addresses: ['10.1'] | spec.addresses[0] | an IP address
          hosts: [a.com], ports: [{number: 80, protocol: SMTP}]           | spec.ports[0].protocol | HTTP2
          hosts: [a.com], addresses: [ten], ports: [{number: 80}]         | spec.addresses[0]      | an IP address
          hosts: [a.com], addresses: 10.0.0.0/8, ports: [{number: 80}]    | spec.addresses         | a list
          hosts: [a.com], addresses: [10], ports: [{number: 80}]          | spec.addresses[0]      | quotes
          hosts: [a.com], addresses: [''], ports: [{number: 80}]          | spec.addresses[0]      | an IP address
          hosts: [a.com], addresses: [10.0.0.0/8, 10.0.0.0/33], ports: [{number: 80}] | spec.addresses[1] | prefix 0..32
          hosts: [a.com], addresses: ['2001:db8::/129'], ports: [{number: 80}] | spec.addresses[0] | 0..128
          hosts: [a.com], addresses: [10.0.0.0/], ports: [{number: 80}]   | spec.addresses[0]      | a CIDR block
          hosts: [a.com], addresses: [10.0.0.0/-1], ports: [{number: 80}] | spec.addresses[0]      | a CIDR block
          hosts: [a.com], addresses: [10.0.0.0/08], ports: [{number: 80}] | spec.addresses[0]      | a CIDR block
          hosts: [a.com], addresses: [10.0.0/8], ports: [{number: 80}]    | spec.addresses[0]      | a CIDR block
          hosts: [a.com], addresses: [10.0.0.0/8/8], ports: [{number: 80}] | spec.addresses[0]     | a CIDR block
          hosts: [a.com], addresses: [10.0.0.0/255.0.0.0], ports: [{number: 80}] | spec.addresses[0] | a CIDR block
          hosts: [a.com], addresses: [10.0.0.0-10.0.0.9], ports: [{number: 80}] | spec.addresses[0] | a CIDR block
          hosts: [a.com]                                                  | spec.ports             | at least one port
          ports: [{number: 80}]                                           | spec.hosts             | at least one host
          hosts: [a.com, a_*], ports: [{number: 80}]                      | spec.hosts[1]          | a host name
          """)
  void ofAServiceEntry(String spec, String field, String expected) {
    Problem error =
        onlyError(
            Given.yaml(
                "apiVersion: networking.istio.io/v1beta1\nkind: ServiceEntry\nmetadata: {name: e}\nspec: {"
                    + spec
                    + "}\n"));

    assertThat(error.resource()).hasToString("ServiceEntry default/e");
    assertThat(error.field()).isEqualTo(field);
    assertThat(error.expected()).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {apiVersion: networking.istio.io/v2, kind: VirtualService, metadata: {name: a}}  | apiVersion    | v1beta1
          {apiVersion: v2, kind: Pod, metadata: {name: a}}                                 | apiVersion    | v1
          {apiVersion: v1, kind: Pod, metadata: {}}                                        | metadata.name | a name
          {apiVersion: v1, kind: Pod, metadata: {name: A_B}}                               | metadata.name | lower case
          {apiVersion: v1, kind: Pod, metadata: {name: a, labels: {version: 1.10}}}        | metadata.labels.version | quotes
          {apiVersion: v1, kind: Pod, metadata: {name: a}, status: {podIP: one}}           | status.podIPs | an IP address
          {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: 5}}          | spec.containers | a list
          {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIP: web}}     | spec.clusterIP | an IP address
          {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80, targetPort: 70000}]}} | spec.ports[0].targetPort | 1..65535
          {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: 80, targetPort: '80'}]}}  | spec.ports[0].targetPort | 1..65535
          {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: a}}  | spec          | a spec
          """)
  void ofAnyKind(String document, String field, String expected) {
    Problem error = onlyError(Given.yaml(document));

    assertThat(error.field()).isEqualTo(field);
    assertThat(error.expected()).contains(expected);
  }

  @Test
  void aResourceThatIsThereTwiceIsUsedOnce() {
    Given given = Given.shopWithRules("[{route: [{destination: {host: web}}]}]");
    Given twice =
        Given.yaml(
            Given.SHOP,
            Given.rules(
                "web", "shop", "[web]", "[{timeout: 1s, route: [{destination: {host: web}}]}]"),
            Given.rules(
                "web", "shop", "[web]", "[{timeout: 2s, route: [{destination: {host: web}}]}]"));

    assertThat(given.lines()).isEmpty();
    assertThat(onlyError(twice).line()).contains("the file holds it twice, and the first counts");
    assertThat(twice.routes("shop", 80, "web").getFirst().timeout().orElseThrow()).hasSeconds(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          just text                          | a Kubernetes object
          [1, 2]                             | a Kubernetes object
          {name: a}                          | a Kubernetes object
          {a: 1, a: 2}                       | YAML
          &a [*a]                            | nested deeper
          """)
  void aDocumentThatIsNoObjectIsAProblemOfItsFile(String document, String expected) {
    Given given = Given.yaml(Given.SHOP, document);

    assertThat(given.table().host("shop", 80, "web")).isPresent();
    assertThat(given.problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.resource()).hasToString("File test.yaml");
          assertThat(problem.field()).startsWith("document at line ");
          assertThat(problem.line()).contains(expected).contains("test.yaml");
        });
  }

  @Test
  void aDocumentThatCantBeReadIsToldWithItsLineAndHoldsNoOtherBack() {
    Given given =
        Given.yaml(
            "%YAML 1.2",
            "apiVersion: v1\nkind: Namespace\nkind: Pod",
            "{apiVersion: v1, kind: Namespace, metadata: {name: a}}");

    assertThat(given.lines())
        .singleElement()
        .asString()
        .contains("document at line 2: found duplicate key kind", "in test.yaml:5");
  }

  @Test
  void aFileWritesNoLinesOfItsOwnIntoALog() {
    Given given =
        Given.yaml(
            "{apiVersion: v1, kind: Pod, metadata: {name: \"a\\nSEVERE: all is lost\\e[2J\"}}");

    assertThat(onlyError(given).line()).doesNotContainPattern("\\p{Cntrl}");
  }

  private static Problem onlyError(Given given) {
    assertThat(given.problems())
        .filteredOn(problem -> problem.severity() == Severity.ERROR)
        .as("errors among " + given.lines())
        .hasSize(1);
    return given.problems().stream()
        .filter(problem -> problem.severity() == Severity.ERROR)
        .findFirst()
        .orElseThrow();
  }
}
