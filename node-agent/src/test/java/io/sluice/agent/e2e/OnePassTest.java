package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import io.sluice.agent.e2e.Lab.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both pods are enrolled on this machine: one pass through the proxy serves both.
 *
 * <pre>
 *   caller, barred (enrolled) --- Service shelf 10.96.9.1 ---> shelf (enrolled)
 *   typist (namespace without label) ------------------------> shelf
 * </pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnePassTest {

  private static final String SHELF = "10.96.9.1";

  @TempDir static Path directory;

  private Lab lab;
  private AgentProcess agent;
  private Library library;
  private Pod caller;
  private Pod barred;
  private Pod shelf;
  private Pod attic;
  private Pod typist;

  @BeforeAll
  void start() throws IOException {
    Needs.rootAnd("ip", "curl", "python3");
    lab = new Lab(9, directory);
    caller = lab.pod("caller", 11);
    barred = lab.pod("barred", 12);
    shelf = lab.pod("shelf", 13);
    attic = lab.pod("attic", 14);
    typist = lab.pod("typist", 15);
    library = new Library(Files.createDirectory(directory.resolve("config")));
    for (Pod pod : List.of(caller, barred, shelf, attic)) {
      library.pod(pod);
    }
    library.pod(typist, "press", Map.of("app", "typist"), true);
    library.write("rules.yaml", RULES);
    for (String port : List.of("8080", "8081")) {
      lab.serve(shelf, "python3", Lab.script("server.py"), "http", "::", port);
    }
    lab.serve(shelf, "python3", Lab.script("server.py"), "banner", "::", "9000");
    lab.serve(attic, "python3", Lab.script("server.py"), "http", "::", "8080");
    agent = AgentProcess.start(library.directory(), directory).awaitReady();
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
  void aRequestTakesOnePassAndTheAppSeesItsClient() {
    String answer =
        inOnePass(() -> curl(caller, "http://" + SHELF + "/books", "-w", "\n%{http_code}"));

    assertThat(answer)
        .endsWith("200")
        .contains("\"peer\": \"::ffff:" + caller.ip4() + "\"")
        .contains("\"accepted\": \"::ffff:" + caller.ip4() + "\"")
        .contains("\"local\": [\"::ffff:" + shelf.ip4() + "\", 8080]");
    assertReportersAgree("istio_request", 1, line -> line.contains("service_name=\"shelf\""));
  }

  @Test
  void soDoesOneToThePodsIpv6Address() {
    String answer = inOnePass(() -> client(caller, shelf.ip6(), "8081", "/six"));

    assertThat(answer)
        .contains("\"status\": 200", "\"local\": \"" + caller.ip6())
        .contains("peer\\\": \\\"" + caller.ip6());
    assertReportersAgree("istio_request", 1, line -> line.contains("service_name=\"six\""));
  }

  @Test
  void soDoesAConnectionWhoseServerSpeaksFirstOverBothFamilies() {
    String four = inOnePass(() -> client(caller, SHELF, "9000"));
    String six = inOnePass(() -> client(caller, shelf.ip6(), "9000"));

    assertThat(four).contains("\"line\": \"hello ::ffff:" + caller.ip4(), "\"echo\": \"ping\"");
    assertThat(six).contains("\"line\": \"hello " + caller.ip6(), "\"echo\": \"ping\"");
    assertReportersAgree("istio_tcp", 2, line -> line.contains("service_name=\"shelf\""));
  }

  @Test
  void whoIsNotEnrolledComesThroughTheCalledPodsListener() {
    double steered = events("inbound_steered");
    double straight = events("inbound_straight");

    assertThat(client(typist, shelf.ip4(), "9000")).contains("hello ::ffff:" + typist.ip4());
    assertThat(events("inbound_steered")).isEqualTo(steered + 1);
    assertThat(events("inbound_straight")).isEqualTo(straight);
  }

  @Test
  void aClosedPortRefuses() {
    assertThat(client(caller, shelf.ip4(), "4445"))
        .containsAnyOf("ConnectionResetError", "ConnectionRefusedError");
    assertThat(client(caller, shelf.ip6(), "4445"))
        .containsAnyOf("ConnectionResetError", "ConnectionRefusedError");
    assertThat(curl(caller, "http://" + SHELF + ":81/", "-w", "%{http_code}"))
        .contains("connection refused")
        .endsWith("503");
    Lab.await(
        "UF is counted",
        () ->
            agent.metric(
                    "istio_requests_total",
                    Map.of("source_workload", "caller", "response_flags", "UF"))
                >= 1);
    assertThat(
            agent.metric(
                "istio_requests_total", Map.of("reporter", "destination", "response_flags", "UF")))
        .as("no pod was reached")
        .isZero();
  }

  /** As a NetworkPolicy does it: what the two send each other is dropped on its way. */
  @Test
  void whatTheNetworkDropsBetweenTheTwoIsDropped() {
    lab.part(barred, shelf);
    try {
      double straight = events("inbound_straight");
      assertThat(curl(barred, "http://" + SHELF + "/books", "-w", "%{http_code}"))
          .contains("no answer within 1s")
          .endsWith("503");
      assertThat(client(barred, shelf.ip6(), "9000"))
          .containsAnyOf("ConnectionResetError", "ConnectionRefusedError");
      Lab.await("UF is counted", () -> barred("source", "UF") == 1);
      assertThat(barred("destination", "UF")).isZero();
      assertThat(events("inbound_straight")).isEqualTo(straight);
      assertThat(client(typist, shelf.ip4(), "9000"))
          .as("others get through")
          .contains("\"echo\": \"ping\"");
    } finally {
      lab.join(barred, shelf);
    }
    assertThat(curl(barred, "http://" + SHELF + "/books", "-w", "%{http_code}")).endsWith("200");
    Lab.await("counted by both", () -> barred("destination", "-") == 1);
  }

  private double barred(String reporter, String flag) {
    return agent.metric(
        "istio_requests_total",
        Map.of("reporter", reporter, "source_workload", "barred", "response_flags", flag));
  }

  @Test
  void aPodThatIsLetGoOfIsNotCountedForAnyMore() {
    String url = "http://" + attic.ip4() + ":8080/";
    assertThat(curl(caller, url, "-w", "%{http_code}")).endsWith("200");
    Lab.await("counted by both", () -> attic("source") == 1 && attic("destination") == 1);

    library.remove(attic);
    Lab.await("attic is gone", () -> !agent.get("/status").contains(attic.netns()));
    double steered = events("inbound_steered");
    double straight = events("inbound_straight");
    assertThat(curl(caller, url, "-w", "%{http_code}")).endsWith("200");
    assertThat(attic("destination")).isEqualTo(1);
    assertThat(events("inbound_steered")).isEqualTo(steered);
    assertThat(events("inbound_straight")).isEqualTo(straight);

    library.pod(attic);
    Lab.await("attic is back", () -> agent.get("/status").contains(attic.netns()));
    Lab.await("it is ready", () -> agent.statusOf("/healthz/ready") == 200);
    assertThat(client(caller, attic.ip6(), "8080", "/")).contains("\"status\": 200");
    Lab.await("counted by both again", () -> attic("destination") == 2);
  }

  private double attic(String reporter) {
    return agent.metric(
        "istio_requests_total", Map.of("reporter", reporter, "destination_workload", "attic"));
  }

  /** What one connection gave, of which the called pod's own listener has seen nothing. */
  private String inOnePass(java.util.function.Supplier<String> connection) {
    double steered = events("inbound_steered");
    double straight = events("inbound_straight");
    String result = connection.get();
    assertThat(events("inbound_straight")).as("straight; %s", result).isEqualTo(straight + 1);
    assertThat(events("inbound_steered")).as("steered").isEqualTo(steered);
    return result;
  }

  private double events(String event) {
    return agent.metric("sluice_bpf_events_total", Map.of("event", event));
  }

  /** Every series of an edge, numbers included, but for what only one side can say. */
  private void assertReportersAgree(String prefix, int count, Predicate<String> which) {
    Predicate<String> edge =
        which
            .and(line -> line.startsWith(prefix))
            .and(line -> line.contains("source_workload=\"caller\""));
    String total =
        prefix.equals("istio_tcp") ? "istio_tcp_connections_closed_total" : "istio_requests_total";
    Lab.await(
        "ends are counted",
        () ->
            series("source", edge).stream()
                .anyMatch(line -> line.startsWith(total) && line.endsWith(" " + count + ".0")));
    Set<String> source = series("source", edge);
    assertThat(source).isNotEmpty();
    assertThat(series("destination", edge)).isEqualTo(source);
  }

  private Set<String> series(String reporter, Predicate<String> which) {
    return agent
        .get("/metrics")
        .lines()
        .filter(which)
        .filter(line -> line.contains("reporter=\"" + reporter + "\""))
        .map(line -> line.replaceAll("(reporter|connection_security_policy)=\"[a-z]*\"", ""))
        .collect(Collectors.toSet());
  }

  private String curl(Pod from, String url, String... more) {
    List<String> command =
        new java.util.ArrayList<>(List.of("curl", "-sS", "--max-time", "20", url));
    command.addAll(List.of(more));
    return lab.in(from, command.toArray(String[]::new)).out();
  }

  private String client(Pod from, String... arguments) {
    List<String> command = new java.util.ArrayList<>(List.of("python3", Lab.script("client.py")));
    command.addAll(List.of(arguments));
    Run run = lab.in(from, command.toArray(String[]::new));
    assertThat(run.status()).as(run.err()).isZero();
    return run.out();
  }

  private static final String RULES =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: shelf, namespace: library}
      spec:
        clusterIP: 10.96.9.1
        selector: {app: shelf}
        ports:
        - {name: http, port: 80, targetPort: 8080}
        - {name: http-closed, port: 81, targetPort: 4444}
        - {name: tcp-banner, port: 9000, targetPort: 9000}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: six, namespace: library}
      spec:
        clusterIP: None
        selector: {app: shelf}
        ports: [{name: http, port: 8081}]
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: shelf, namespace: library}
      spec:
        host: shelf
        trafficPolicy: {connectionPool: {tcp: {connectTimeout: 1s}}}
      """;
}
