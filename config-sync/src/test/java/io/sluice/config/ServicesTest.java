package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.problem.Problem.Severity;
import io.sluice.mesh.service.AppProtocol;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.workload.Workload;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services, EndpointSlices and ServiceEntries: where calls go. */
class ServicesTest {
  private static final String SLICE =
      """
      apiVersion: discovery.k8s.io/v1
      kind: EndpointSlice
      metadata: {name: web-x, namespace: shop, labels: {kubernetes.io/service-name: web}}
      addressType: IPv4
      ports: [{name: http, port: 9090}]
      endpoints:
        - {addresses: [10.1.0.1], targetRef: {kind: Pod, name: web-1}}
        - {addresses: [10.1.0.2], conditions: {ready: false}}
        - {addresses: [10.1.0.3], conditions: {ready: true}}
      """;

  @Test
  void endpointsBySelectorWhereThereIsNoSlice() {
    Given given = Given.yaml(Given.SHOP);

    assertThat(given.serviceAt("10.0.0.1", 80).service())
        .isEqualTo(new ServiceId(Given.WEB, "web", "shop"));
    assertThat(endpoints(given)).containsExactly("10.1.0.1:8080", "10.1.0.2:8080");
    assertThat(given.table().servicesOf(Given.socket("10.1.0.2", 8080))).hasSize(1);
  }

  @Test
  void endpointsFromSlicesThatAreReady() {
    Given given = Given.yaml(Given.SHOP, SLICE);

    assertThat(endpoints(given)).containsExactly("10.1.0.1:9090", "10.1.0.3:9090");
    Discovery.Listed listed =
        (Discovery.Listed) given.serviceAt("10.0.0.1", 80).cluster().discovery();
    assertThat(listed.endpoints().getFirst().workload().map(Workload::podName)).hasValue("web-1");
    assertThat(listed.endpoints().getLast().workload()).isEmpty();
  }

  @Test
  void publishNotReadyAddressesTakesAll() {
    Given given =
        Given.yaml(
            Given.SHOP.replace("selector: {app: web}", "publishNotReadyAddresses: true"), SLICE);

    assertThat(endpoints(given)).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          phase: Succeeded
          phase: Failed
          conditions: [{type: Ready, status: 'False'}]
          """)
  void podsThatServeNothingAreNoEndpoints(String status) {
    Given given =
        Given.yaml(Given.SHOP.replace("{podIP: 10.1.0.2}", "{podIP: 10.1.0.2, " + status + "}"));

    assertThat(endpoints(given)).containsExactly("10.1.0.1:8080");
  }

  @Test
  void aNamedTargetPortIsEachPodsOwn() {
    Given given =
        Given.yaml(
            Given.SHOP
                .replace("targetPort: 8080", "targetPort: web")
                .replace(
                    "status: {podIP: 10.1.0.2}",
                    "spec: {containers: [{name: a, ports: [{name: web, containerPort: 9999}]}]}\nstatus: {podIP: 10.1.0.2}"));

    assertThat(endpoints(given)).containsExactly("10.1.0.2:9999");
  }

  @Test
  void aDualStackServiceUsesItsFirstFamily() {
    Given given =
        Given.yaml(
            Given.SHOP
                .replace("clusterIP: 10.0.0.1", "clusterIPs: ['fd00::1', 10.0.0.1]")
                .replace("{podIP: 10.1.0.1}", "{podIPs: [{ip: 10.1.0.1}, {ip: 'fd00:1::1'}]}"));

    assertThat(endpoints(given)).containsExactly("fd00:1:0:0:0:0:0:1:8080");
    assertThat(given.serviceAt("fd00::1", 80)).isEqualTo(given.serviceAt("10.0.0.1", 80));
    assertThat(given.table().servicesOf(Given.socket("10.1.0.1", 8080))).hasSize(1);
  }

  @Test
  void aHeadlessServiceGoesWhereTheAppDialled() {
    Given given = Given.yaml(Given.SHOP.replace("10.0.0.1", "None"));

    assertThat(given.serviceAt("10.1.0.1", 8080).cluster().discovery())
        .isInstanceOf(Discovery.OriginalDestination.class);
    assertThat(given.table().host("shop", 80, "web-1.web.shop")).isPresent();
  }

  @Test
  void callsThatAreRoutedToAHeadlessServiceFindItsPods() {
    Given given =
        Given.yaml(
            Given.SHOP.replace("10.0.0.1", "None"),
            Given.rules(
                "r", "shop", "[api.example.com]", "[{route: [{destination: {host: web}}]}]"));

    assertThat(Given.endpoints(given.cluster("shop", 80, "api.example.com"))).hasSize(2);
  }

  @Test
  void anExternalNameIsResolved() {
    Given given =
        Given.yaml(
            "{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop},"
                + " spec: {type: ExternalName, externalName: db.example.com, ports: [{port: 80}]}}");

    assertThat(given.host("shop", 80, "db").service().orElseThrow().cluster().discovery())
        .isEqualTo(new Discovery.Dns(List.of(new Discovery.Dns.Name("db.example.com", 80))));
  }

  @ParameterizedTest
  @CsvSource({
    "http, '', 80, HTTP",
    "http-web, '', 80, HTTP",
    "http2-x, '', 80, HTTP2",
    "grpc, '', 80, GRPC",
    "grpc-web, '', 80, HTTP",
    "grpc-web-x, '', 80, HTTP",
    "https, '', 443, TLS",
    "tls-x, '', 443, TLS",
    "tcp, '', 80, TCP",
    "mongo, '', 80, TCP",
    "mysql, '', 80, TCP",
    "redis-a, '', 80, TCP",
    "web, '', 80, UNDECLARED",
    "httpx, '', 80, UNDECLARED",
    "'', '', 80, UNDECLARED",
    "'', '', 25, TCP",
    "'', '', 53, TCP",
    "'', '', 3306, TCP",
    "'', '', 27017, TCP",
    "http, '', 3306, HTTP",
    "tcp, http, 80, HTTP",
    "http, kubernetes.io/h2c, 80, HTTP2",
    "tcp, kubernetes.io/ws, 80, HTTP",
    "http, kubernetes.io/wss, 80, TLS",
    "http, example.com/mine, 80, HTTP"
  })
  void protocols(String name, String appProtocol, int port, AppProtocol expected) {
    String app = appProtocol.isEmpty() ? "" : ", appProtocol: " + appProtocol;
    Given given =
        Given.yaml(
            "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {clusterIP: 10.0.0.1, ports: [{name: '"
                + name
                + "', port: "
                + port
                + app
                + "}]}}");

    assertThat(given.serviceAt("10.0.0.1", port).protocol()).isEqualTo(expected);
  }

  @Test
  void otherTransportsAreLeftOut() {
    Given given =
        Given.yaml(
            "{apiVersion: v1, kind: Service, metadata: {name: dns}, spec: {clusterIP: 10.0.0.1, ports:"
                + " [{name: udp, port: 53, protocol: UDP}, {name: tcp, port: 53}, {name: s, port: 9, protocol: SCTP}]}}");

    assertThat(given.table().servicesByAddress()).hasSize(1);
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void entriesResolvedByDns() {
    assertThat(
            entry("resolution: DNS, ports: [{number: 80, name: http, targetPort: 8080}]")
                .discovery())
        .isEqualTo(new Discovery.Dns(List.of(new Discovery.Dns.Name("api.example.com", 8080))));
    assertThat(
            entry(
                    "resolution: DNS, ports: [{number: 80, name: http}],"
                        + " endpoints: [{address: a.example.com}, {address: b.example.com, ports: {http: 81}}]")
                .discovery())
        .isEqualTo(
            new Discovery.Dns(
                List.of(
                    new Discovery.Dns.Name("a.example.com", 80),
                    new Discovery.Dns.Name("b.example.com", 81))));
  }

  @Test
  void entriesWithAddresses() {
    Cluster cluster =
        entry(
            "resolution: STATIC, addresses: [240.0.0.1], ports: [{number: 80, name: http}],"
                + " endpoints: [{address: 192.0.2.1}, {address: '2001:db8::1', ports: {http: 81}}]");

    assertThat(Given.endpoints(cluster)).containsExactly("192.0.2.1:80", "2001:db8:0:0:0:0:0:1:81");
    assertThat(cluster.service())
        .isEqualTo(new ServiceId("api.example.com", "api.example.com", "shop"));
  }

  @Test
  void entriesThatGoWhereTheAppDialled() {
    Given given =
        Given.yaml(
            entryText(
                "hosts: ['*.example.com'], addresses: [240.0.0.1/32], ports: [{number: 80, name: http}]"));

    assertThat(given.serviceAt("240.0.0.1", 80).cluster().discovery())
        .isInstanceOf(Discovery.OriginalDestination.class);
    assertThat(given.table().host("shop", 80, "a.example.com")).isPresent();
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void anEntrysBlocksHoldWhatNothingNarrowerHas() {
    String ports = ", ports: [{number: 80, name: http}, {number: 5432, name: tcp}]";
    Given given =
        Given.yaml(
            Given.SHOP,
            Given.entry("wide", "shop", "hosts: [wide], addresses: ['::/0', 10.9.9.9/8]" + ports),
            Given.entry(
                "narrow",
                "shop",
                "hosts: [narrow], addresses: [10.7.0.0/16, 10.8.0.7], resolution: STATIC,"
                    + " endpoints: [{address: 192.0.2.1}]"
                    + ports));

    assertThat(given.serviceAt("10.0.0.1", 80).service().name()).as("a Service").isEqualTo("web");
    assertThat(given.serviceAt("10.0.0.1", 5432).service().name()).isEqualTo("wide");
    assertThat(given.serviceAt("10.6.0.1", 80).service().name()).isEqualTo("wide");
    assertThat(given.serviceAt("2001:db8::1", 80).service().name()).isEqualTo("wide");
    assertThat(given.serviceAt("10.6.0.1", 80).cluster().discovery())
        .isInstanceOf(Discovery.OriginalDestination.class);
    assertThat(Given.endpoints(given.serviceAt("10.7.255.255", 5432).cluster()))
        .containsExactly("192.0.2.1:5432");
    assertThat(given.serviceAt("10.8.0.7", 80).service().name()).isEqualTo("narrow");
    assertThat(given.table().serviceAt(Given.socket("11.0.0.0", 80))).isEmpty();
    assertThat(given.table().serviceAt(Given.socket("10.6.0.1", 81))).isEmpty();
    assertThat(given.table().host("shop", 80, "10.8.0.7")).as("a single one is a name").isPresent();
    assertThat(given.table().host("shop", 80, "10.7.0.0")).isEmpty();
    assertThat(given.lines()).isEmpty();
  }

  @Test
  void oneBlockInTwoEntriesIsReported() {
    String ports = ", ports: [{number: 80, name: http}]";
    Given given =
        Given.yaml(
            entryText("hosts: [a.com, b.com], addresses: [10.0.0.0/8]" + ports),
            Given.entry("second", "shop", "hosts: [c.com], addresses: [10.1.0.0/8]" + ports),
            Given.entry("third", "shop", "hosts: [d.com], addresses: [10.0.0.0/9]" + ports));

    assertThat(given.serviceAt("10.128.0.1", 80).service().host()).isEqualTo("a.com");
    assertThat(given.lines()).singleElement().asString().contains("second", "10.0.0.0/8 port 80");
  }

  @Test
  void blocksWithDnsWorkAndAreReported() {
    Given given =
        Given.yaml(
            entryText(
                "hosts: [a.com], addresses: [10.0.0.0/8], resolution: DNS, ports: [{number: 80, name: http}]"));

    assertThat(given.serviceAt("10.1.1.1", 80).cluster().discovery())
        .isInstanceOf(Discovery.Dns.class);
    assertThat(given.fieldsOf(Severity.WARNING)).containsExactly("spec.addresses");
  }

  @Test
  void podsAreFoundByAddress() {
    Given given = Given.yaml(Given.SHOP);

    assertThat(given.table().workloadAt(InetAddress.ofLiteral("10.1.0.2")))
        .hasValueSatisfying(workload -> {
          assertThat(workload.podName()).isEqualTo("web-2");
          assertThat(workload.serviceAccount()).isEqualTo("default");
          assertThat(workload.cluster()).isEqualTo("Kubernetes");
        });
  }

  private static Cluster entry(String spec) {
    return Given.yaml(entryText("hosts: [api.example.com], " + spec))
        .host("shop", 80, "api.example.com")
        .service()
        .orElseThrow()
        .cluster();
  }

  private static String entryText(String spec) {
    return "apiVersion: networking.istio.io/v1alpha3\nkind: ServiceEntry\nmetadata: {name: e, namespace: shop}\nspec: {"
        + spec
        + "}\n";
  }

  private static List<String> endpoints(Given given) {
    return Given.endpoints(given.host("shop", 80, "web").service().orElseThrow().cluster());
  }
}
