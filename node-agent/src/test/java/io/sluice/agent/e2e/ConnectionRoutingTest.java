package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.agent.e2e.Lab.Pod;
import io.sluice.agent.e2e.Lab.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where connections land that are not HTTP: each server tells the address and port of its own end.
 *
 * <pre>
 *   caller, migrator (enrolled) ---- Services 10.96.7.n ----------> v1, v2 (enrolled)
 *                               ---- ServiceEntries' addresses ---> outside (no pod), with a DNS server
 * </pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectionRoutingTest {
  private static final String DB = "10.96.7.1";
  private static final String GATE = "10.96.7.2";
  private static final String HALF = "10.96.7.3";
  private static final String DEAD = "10.96.7.4";
  private static final String VIRTUAL = "10.97.7.1";
  private static final String SERVICE_DOMAIN = ".library.svc.cluster.local";

  /** Of the outside machine; the block that is declared is 10.98.6.192/26. */
  private static final String IN_BLOCK = "10.98.6.200";

  private static final String IN_SUBNET = "10.98.6.230";
  private static final String EXACT_IN_BLOCK = "10.98.6.201";
  private static final String NAMED = "10.98.6.120";
  private static final String OTHER = "10.98.6.121";

  @TempDir static Path directory;

  private Lab lab;
  private Stage stage;
  private AgentProcess agent;
  private Pod caller;
  private Pod migrator;
  private Pod v1;
  private Pod v2;
  private Pod outside;

  @BeforeAll
  void start() throws IOException {
    Needs.rootAnd("ip", "ss", "python3", "openssl");
    lab = new Lab(6, directory);
    stage = new Stage(lab, directory);
    caller = lab.pod("caller", 11);
    migrator = lab.pod("migrator", 12);
    v1 = lab.pod("v1", 13);
    v2 = lab.pod("v2", 14);
    outside = lab.pod("outside", 15);
    for (String address : List.of(IN_BLOCK, IN_SUBNET, EXACT_IN_BLOCK, NAMED, OTHER)) {
      stage.in(outside, "ip addr add " + address + "/24 dev eth0");
    }
    serve();
    lab.resolvers(caller, "nameserver %s\n".formatted(outside.ip4()));
    lab.resolvers(migrator, "nameserver %s\noptions timeout:10 attempts:2\n".formatted(OTHER));
    Library library = new Library(Files.createDirectory(directory.resolve("config")));
    library.pod(caller);
    library.pod(migrator);
    library.pod(v1, Library.NAMESPACE, Map.of("app", "db", "version", "v1"), true);
    library.pod(v2, Library.NAMESPACE, Map.of("app", "db", "version", "v2"), true);
    library.write("services.yaml", services());
    library.write("entries.yaml", ENTRIES);
    library.write("rules.yaml", RULES);
    agent = AgentProcess.start(library.directory(), directory).awaitReady();
  }

  private void serve() {
    // 5501 is the port that v2 has and v1 has not; nobody has 5502.
    lab.serve(v1, "python3", Lab.script("places.py"), "serve", "5432", "5500");
    lab.serve(v2, "python3", Lab.script("places.py"), "serve", "5432", "5500", "5501", "6000");
    lab.serve(outside, "python3", Lab.script("places.py"), "serve", "7000", "7100");
    lab.serve(outside, "python3", Lab.script("dns.py"), outside.ip4(), "named.example=" + NAMED);
    lab.serve(outside, "python3", Lab.script("dns.py"), OTHER, "silent");
    tls(v1, "gate", 8443);
    tls(v1, "alpha", 9443);
    tls(v2, "beta", 9443);
  }

  private void tls(Pod pod, String name, int port) {
    Path key = directory.resolve(name + ".key");
    Path certificate = directory.resolve(name + ".pem");
    Stage.run(
        """
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
          -subj /CN=%s -keyout %s -out %s
        """
            .formatted(name, key, certificate));
    stage.server(
        pod,
        "openssl s_server -quiet -accept %d -cert %s -key %s".formatted(port, certificate, key));
    stage.awaitPort(pod, port, name);
  }

  @AfterAll
  void stop() {
    if (agent != null) {
      agent.close();
    }
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void nothingOfTheConfigurationIsReported() {
    assertThat(agent.get("/status")).contains("\"problems\" : [ ]");
  }

  // tcp rules

  @Test
  void allWeightOnOneSubset() {
    assertThat(call(caller, DB, 5432, 20)).isEqualTo(Map.of(at(v2, 5432), 20));
  }

  @Test
  void halfTheWeightOnEach() {
    Map<String, Integer> places = call(caller, DB, 5433, 100);

    assertThat(places).containsOnlyKeys(at(v1, 5432), at(v2, 5432));
    // 30 of 100 are four standard deviations below one half.
    assertThat(places.values()).allSatisfy(count -> assertThat(count).isBetween(30, 70));
    assertThat(places.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(100);
  }

  @Test
  void aDestinationOfAnotherHost() {
    assertThat(call(caller, DB, 5434, 5)).isEqualTo(Map.of(at(v2, 6000), 5));
    awaitClosed("caller", "other" + SERVICE_DOMAIN, "-", 5);
  }

  @Test
  void sourceLabelsChoose() {
    assertThat(call(migrator, DB, 5432, 5)).isEqualTo(Map.of(at(v1, 5432), 5));
    awaitClosed("migrator", "db" + SERVICE_DOMAIN, "-", 5);
  }

  @Test
  void destinationSubnetsChoose() {
    assertThat(call(caller, IN_SUBNET, 7000, 5)).isEqualTo(Map.of(at(v1, 5432), 5));
  }

  // tls rules

  @Test
  void theServerNameChoosesTheBackend() {
    assertThat(certificate("-servername a.gate.example")).isEqualTo("alpha");
    assertThat(certificate("-servername b.gate.example")).isEqualTo("beta");
    assertThat(certificate("-servername c.gate.example")).isEqualTo("gate");
    assertThat(certificate("-noservername")).isEqualTo("gate");
    awaitClosed("caller", "alpha" + SERVICE_DOMAIN, "-", 1);
    awaitClosed("caller", "beta" + SERVICE_DOMAIN, "-", 1);
    awaitClosed("caller", "gate" + SERVICE_DOMAIN, "-", 2);
  }

  // ServiceEntries

  @Test
  void anEntryByItsAddress() {
    assertThat(call(caller, VIRTUAL, 7000, 3)).isEqualTo(Map.of(outside.ip4() + ":7100", 3));
    awaitClosed("caller", "virtual.example", "-", 3);
  }

  @Test
  void anEntryByItsBlockAndANarrowerOne() {
    assertThat(call(caller, IN_BLOCK, 7000, 3)).isEqualTo(Map.of(IN_BLOCK + ":7000", 3));
    assertThat(call(caller, EXACT_IN_BLOCK, 7000, 2))
        .isEqualTo(Map.of(EXACT_IN_BLOCK + ":7000", 2));
    awaitClosed("caller", "block.example", "-", 3);
    awaitClosed("caller", "exact.example", "-", 2);
  }

  @Test
  void anEntryByItsNameAndOthersOnThatPortPassThrough() {
    assertThat(call(caller, "named.example", 7100, 3)).isEqualTo(Map.of(NAMED + ":7100", 3));
    awaitClosed("caller", "named.example", "-", 3);
    assertThat(call(caller, OTHER, 7100, 2)).isEqualTo(Map.of(OTHER + ":7100", 2));
    awaitPassed("caller", 2);
  }

  @Test
  void whereDnsIsSilentAConnectionIsHeldForAMomentOnly() {
    long begin = System.nanoTime();

    assertThat(call(migrator, NAMED, 7100, 3)).isEqualTo(Map.of(NAMED + ":7100", 3));
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .as("three connections one after the other, 0.4 s each; DNS alone would take 20 s")
        .isLessThan(Duration.ofSeconds(8));
    awaitPassed("migrator", 3);
  }

  // headless services, endpoints that fail

  @Test
  void aHeadlessServiceByThePodsAddress() {
    assertThat(call(caller, v1.ip4(), 5500, 2)).isEqualTo(Map.of(at(v1, 5500), 2));
    assertThat(call(caller, v2.ip4(), 5500, 3)).isEqualTo(Map.of(at(v2, 5500), 3));
    awaitClosed("caller", "pods" + SERVICE_DOMAIN, "-", 5);
  }

  @Test
  void anotherEndpointIsTriedWhereOneRefuses() {
    assertThat(call(caller, HALF, 6100, 40)).isEqualTo(Map.of(at(v2, 5501), 40));
    awaitClosed("caller", "half" + SERVICE_DOMAIN, "-", 40);
  }

  @Test
  void whereAllRefuseTheClientIsResetAndItIsFlagged() {
    assertThat(call(caller, DEAD, 6200, 5)).isEqualTo(Map.of("ConnectionResetError", 5));
    awaitClosed("caller", "dead" + SERVICE_DOMAIN, "UF", 5);
  }

  private static String at(Pod pod, int port) {
    return pod.ip4() + ":" + port;
  }

  /** How many of the connections got which answer, or which error. */
  private Map<String, Integer> call(Pod from, String host, int port, int count) {
    Run run =
        lab.in(
            from,
            "python3",
            Lab.script("places.py"),
            "call",
            host,
            Integer.toString(port),
            Integer.toString(count));
    try {
      return new ObjectMapper().readValue(run.out(), new TypeReference<>() {});
    } catch (JsonProcessingException e) {
      throw new AssertionError(run.out() + run.err(), e);
    }
  }

  /** The name in the certificate that the caller is shown. */
  private String certificate(String serverName) {
    String text =
        stage.in(
            caller,
            "openssl s_client -connect %s:443 %s </dev/null 2>&1 | openssl x509 -noout -subject"
                .formatted(GATE, serverName));
    return text.strip().replaceFirst(".*CN ?= ?", "");
  }

  private void awaitClosed(String source, String service, String flags, int count) {
    Map<String, String> labels =
        Map.of(
            "reporter", "source",
            "source_workload", source,
            "destination_service", service,
            "response_flags", flags);
    try {
      Lab.await(
          "counted", () -> agent.metric("istio_tcp_connections_closed_total", labels) == count);
    } catch (AssertionError e) {
      throw new AssertionError(
          "connections to " + service + "\n" + counters() + "\n" + agent.log(), e);
    }
  }

  /** Nothing that is declared: the name of the service says so. */
  private void awaitPassed(String source, int count) {
    awaitClosed(source, "unknown", "-", count);
    assertThat(
            agent.metric(
                "istio_tcp_connections_closed_total",
                Map.of(
                    "source_workload", source, "destination_service_name", "PassthroughCluster")))
        .isEqualTo(count);
  }

  private String counters() {
    Stream<String> lines = agent.get("/metrics").lines();
    return String.join(
        "\n", lines.filter(line -> line.startsWith("istio_tcp_connections_closed_total")).toList());
  }

  private static String services() {
    return service(
            "db",
            DB,
            "app: db",
            "{name: tcp-a, port: 5432}",
            "{name: tcp-b, port: 5433, targetPort: 5432}",
            "{name: tcp-c, port: 5434, targetPort: 5432}")
        + service("other", "10.96.7.5", "version: v2", "{name: tcp, port: 6000}")
        + service("gate", GATE, "version: v1", "{name: tls, port: 443, targetPort: 8443}")
        + service("alpha", "10.96.7.6", "version: v1", "{port: 443, targetPort: 9443}")
        + service("beta", "10.96.7.7", "version: v2", "{port: 443, targetPort: 9443}")
        + service("pods", "None", "app: db", "{name: tcp, port: 5500}")
        + service("half", HALF, "app: db", "{name: tcp, port: 6100, targetPort: 5501}")
        + service("dead", DEAD, "app: db", "{name: tcp, port: 6200, targetPort: 5502}");
  }

  private static String service(String name, String clusterIp, String selector, String... ports) {
    return """
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: %s, namespace: library}
    spec: {clusterIP: %s, selector: {%s}, ports: [%s]}
    """
        .formatted(name, clusterIp, selector, String.join(", ", ports));
  }

  private static final String RULES =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: db, namespace: library}
      spec:
        host: db
        subsets:
        - {name: v1, labels: {version: v1}}
        - {name: v2, labels: {version: v2}}
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: db, namespace: library}
      spec:
        hosts: [db]
        tcp:
        - match: [{port: 5432, sourceLabels: {app: migrator}}]
          route: [{destination: {host: db, subset: v1, port: {number: 5432}}}]
        - match: [{port: 5432}]
          route:
          - {destination: {host: db, subset: v1, port: {number: 5432}}, weight: 0}
          - {destination: {host: db, subset: v2, port: {number: 5432}}, weight: 100}
        - match: [{port: 5433}]
          route:
          - {destination: {host: db, subset: v1, port: {number: 5432}}, weight: 50}
          - {destination: {host: db, subset: v2, port: {number: 5432}}, weight: 50}
        - match: [{port: 5434}]
          route: [{destination: {host: other, port: {number: 6000}}}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: block, namespace: library}
      spec:
        hosts: [block.example]
        tcp:
        - match: [{destinationSubnets: [10.98.6.224/27]}]
          route: [{destination: {host: db, subset: v1, port: {number: 5432}}}]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: {name: gate, namespace: library}
      spec:
        hosts: [gate, "*.gate.example"]
        tls:
        - match: [{sniHosts: [a.gate.example]}]
          route: [{destination: {host: alpha, port: {number: 443}}}]
        - match: [{sniHosts: [b.gate.example]}]
          route: [{destination: {host: beta, port: {number: 443}}}]
      """;

  private static final String ENTRIES =
      """
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: virtual, namespace: library}
      spec:
        hosts: [virtual.example]
        addresses: [10.97.7.1]
        resolution: STATIC
        ports: [{number: 7000, name: tcp, protocol: TCP, targetPort: 7100}]
        endpoints: [{address: 10.98.6.15}]
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: block, namespace: library}
      spec:
        hosts: [block.example]
        addresses: [10.98.6.192/26]
        resolution: NONE
        ports: [{number: 7000, name: tcp, protocol: TCP}]
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: exact, namespace: library}
      spec:
        hosts: [exact.example]
        addresses: [10.98.6.201]
        resolution: NONE
        ports: [{number: 7000, name: tcp, protocol: TCP}]
      ---
      apiVersion: networking.istio.io/v1
      kind: ServiceEntry
      metadata: {name: named, namespace: library}
      spec:
        hosts: [named.example]
        resolution: DNS
        ports: [{number: 7100, name: tcp, protocol: TCP}]
      """;
}
