package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import io.sluice.agent.e2e.Lab.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent, pods, real clients and servers.
 *
 * <pre>
 *   reader, guest  (enrolled) --- Service shelf 10.96.7.1 ---> shelf (enrolled)
 *                             --- catalogue.example:80 -TLS--> outside:443 (no pod)
 *   typist (namespace without label) ------------------------> shelf
 * </pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrafficTest {

  private static final String SHELF = "10.96.7.1";
  private static final String CATALOGUE = "10.97.0.5";

  @TempDir static Path directory;

  private Lab lab;
  private AgentProcess agent;
  private Pod reader;
  private Pod guest;
  private Pod shelf;
  private Pod typist;
  private Pod outside;

  @BeforeAll
  void start() throws IOException {
    Needs.rootAnd("ip", "curl", "python3", "openssl");
    lab = new Lab(1, directory);
    reader = lab.pod("reader", 11);
    guest = lab.pod("guest", 12);
    shelf = lab.pod("shelf", 13);
    typist = lab.pod("typist", 14);
    outside = lab.pod("outside", 15);
    Library library = new Library(Files.createDirectory(directory.resolve("config")));
    library.pod(reader);
    library.pod(guest, Library.NAMESPACE, Map.of("app", "guest"), true);
    library.pod(shelf);
    library.pod(typist, "press", Map.of("app", "typist"), true);
    library.write("rules.yaml", rules(certificate()));
    lab.serve(shelf, "python3", Lab.script("server.py"), "http", "::", "8080");
    lab.serve(shelf, "python3", Lab.script("server.py"), "banner", "0.0.0.0", "9000");
    lab.serve(
        outside,
        "python3",
        Lab.script("server.py"),
        "http",
        "0.0.0.0",
        "443",
        "--tls",
        directory.resolve("cert.pem").toString(),
        directory.resolve("key.pem").toString());
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
  void httpThroughAServiceWithoutKubeProxy() {
    Run run = curl(reader, "http://" + SHELF + "/books", "-w", "\n%{remote_ip} %{local_ip}");

    assertThat(run.out()).as(run.err()).contains("\"path\": \"/books\"");
    assertThat(run.out()).as("the server sees the true client").contains(mapped(reader.ip4()));
    assertThat(run.out())
        .as("the server sees its own address")
        .contains("\"local\": [\"::ffff:" + shelf.ip4() + "\", 8080]");
    assertThat(run.out())
        .as("the client sees what it called, and itself")
        .endsWith(SHELF + " " + reader.ip4());
    assertThat(run.out()).as("a request id was given").doesNotContain("\"request_id\": null");
  }

  @Test
  void bothReportersCountWithTheRightLabels() {
    Map<String, String> edge =
        Map.of(
            "source_workload", "guest",
            "source_workload_namespace", "library",
            "destination_workload", "shelf",
            "destination_service", "shelf.library.svc.cluster.local",
            "destination_service_name", "shelf",
            "request_protocol", "http",
            "response_code", "418",
            "response_flags", "-");
    curl(guest, "http://" + SHELF + "/pot?status=418");

    for (String reporter : List.of("source", "destination")) {
      Map<String, String> labels = new java.util.HashMap<>(edge);
      labels.put("reporter", reporter);
      Lab.await("counted by " + reporter, () -> agent.metric("istio_requests_total", labels) == 1);
    }
  }

  @Test
  void aTimeoutAnswers504AndIsFlaggedUt() {
    Run run = curl(reader, "http://" + SHELF + "/slow?s=15", "-w", "\n%{http_code} %{time_total}");

    String[] last = run.out().lines().toList().getLast().split(" ");
    assertThat(last[0]).as(run.out()).isEqualTo("504");
    assertThat(Double.parseDouble(last[1])).isBetween(1.0, 10.0);
    Lab.await(
        "504 UT is counted",
        () ->
            agent.metric(
                    "istio_requests_total",
                    Map.of("reporter", "source", "response_code", "504", "response_flags", "UT"))
                >= 1);
  }

  @Test
  void anAbortHitsOnlyTheWorkloadsThatItNames() {
    assertThat(curl(reader, "http://" + SHELF + "/forbidden", "-w", "%{http_code}").out())
        .endsWith("503");
    assertThat(curl(guest, "http://" + SHELF + "/forbidden", "-w", "%{http_code}").out())
        .endsWith("200");
    Lab.await(
        "FI is counted",
        () ->
            agent.metric(
                    "istio_requests_total",
                    Map.of(
                        "reporter", "source", "source_workload", "reader", "response_flags", "FI"))
                >= 1);
  }

  @Test
  void plainHttpLeavesAsTlsWhereTheRulesSaySo() {
    Run run =
        curl(
            reader,
            "http://catalogue.example/index",
            "--resolve",
            "catalogue.example:80:" + CATALOGUE);

    assertThat(run.out())
        .as(run.err() + agent.log())
        .contains("\"tls\": true")
        .contains("\"path\": \"/index\"");
    assertThat(run.out()).contains("\"host\": \"catalogue.example\"");
  }

  @Test
  void aServerThatSpeaksFirst() {
    Run run = lab.in(guest, "python3", Lab.script("client.py"), SHELF, "9000");

    assertThat(run.out()).as(run.err()).contains("\"line\": \"hello " + guest.ip4() + "\"");
    assertThat(run.out())
        .contains(
            "\"echo\": \"ping\"", "\"remote\": \"" + SHELF + "\"", "\"local\": \"" + guest.ip4());
    Lab.await(
        "TCP connections are counted",
        () ->
            agent.metric(
                    "istio_tcp_connections_opened_total",
                    Map.of(
                        "reporter",
                        "source",
                        "source_workload",
                        "guest",
                        "destination_workload",
                        "shelf"))
                >= 1);
  }

  @Test
  void pythonOverIpv4AndIpv6() {
    Run four = lab.in(reader, "python3", Lab.script("client.py"), shelf.ip4(), "8080", "/four");
    Run six = lab.in(reader, "python3", Lab.script("client.py"), shelf.ip6(), "8080", "/six");

    assertThat(four.out())
        .contains(
            "\"status\": 200", "\"remote\": \"" + shelf.ip4(), "\"local\": \"" + reader.ip4());
    assertThat(four.out()).contains("peer\\\": \\\"::ffff:" + reader.ip4());
    assertThat(six.out())
        .contains(
            "\"status\": 200", "\"remote\": \"" + shelf.ip6(), "\"local\": \"" + reader.ip6());
    assertThat(six.out())
        .as("the server sees the true client over IPv6")
        .contains("peer\\\": \\\"" + reader.ip6());
  }

  @Test
  void javaOverMappedAndNativeIpv6() {
    Run mapped = java(reader, SHELF, "80");
    Run six = java(reader, shelf.ip6(), "8080");

    assertThat(mapped.out())
        .as(mapped.err())
        .contains("local " + reader.ip4())
        .contains("HTTP/1.1 200");
    assertThat(mapped.out()).contains(mapped(reader.ip4()));
    assertThat(six.out())
        .as(six.err())
        .contains("HTTP/1.1 200")
        .contains("\"peer\": \"" + reader.ip6());
  }

  @Test
  void aJavaServerSeesTheTrueClientOverBothFamilies() {
    lab.serve(shelf, java(JavaServer.class, "9200"));

    assertThat(lab.in(reader, "python3", Lab.script("client.py"), shelf.ip4(), "9200").out())
        .contains("hello " + reader.ip4() + "\"")
        .contains("\"echo\": \"ping\"");
    assertThat(lab.in(reader, "python3", Lab.script("client.py"), shelf.ip6(), "9200").out())
        .contains("hello " + InetAddress.ofLiteral(reader.ip6()).getHostAddress() + "\"");
    assertThat(lab.in(typist, "python3", Lab.script("client.py"), shelf.ip4(), "9200").out())
        .as("a client that is not enrolled")
        .contains("hello " + typist.ip4() + "\"");
  }

  @Test
  void goClientAndServer() throws IOException {
    String go = Needs.command("go");
    Path app = directory.resolve("app");
    Process build =
        new ProcessBuilder(go, "build", "-o", app.toString(), Lab.script("app.go"))
            .inheritIO()
            .start();
    assertThat(build.onExit().join().exitValue()).as("go build").isZero();
    lab.serve(shelf, app.toString(), "serve", ":9100");

    Run four = lab.in(reader, app.toString(), "call", shelf.ip4() + ":9100");
    Run six = lab.in(reader, app.toString(), "call", "[" + shelf.ip6() + "]:9100");

    assertThat(four.out())
        .isEqualTo(
            "remote %s:9100 local %s peer %s%n".formatted(shelf.ip4(), reader.ip4(), reader.ip4()));
    assertThat(six.out())
        .isEqualTo(
            "remote [%s]:9100 local %s peer %s%n"
                .formatted(shelf.ip6(), reader.ip6(), reader.ip6()));
  }

  @Test
  void aClosedPortOfAnEnrolledPodRefuses() {
    assertThat(lab.in(typist, "python3", Lab.script("client.py"), shelf.ip4(), "4444").out())
        .contains("ConnectionRefusedError");
    assertThat(lab.in(typist, "python3", Lab.script("client.py"), shelf.ip6(), "4444").out())
        .contains("ConnectionRefusedError");
    assertThat(lab.in(reader, "python3", Lab.script("client.py"), shelf.ip4(), "4444").out())
        .as("the proxy has accepted before it knows: then a reset")
        .containsAnyOf("ConnectionResetError", "ConnectionRefusedError");
  }

  @Test
  void aNamespaceWithoutLabelIsUntouched() {
    Run run =
        curl(
            typist,
            "http://" + shelf.ip4() + ":8080/slow?s=1.5",
            "-w",
            "\n%{http_code} %{local_ip}");

    assertThat(run.out()).as("no timeout applies to it").endsWith("200 " + typist.ip4());
    assertThat(run.out()).contains(mapped(typist.ip4()));
    assertThat(
            agent.metric(
                "istio_requests_total", Map.of("reporter", "source", "source_workload", "typist")))
        .isZero();
    assertThat(agent.get("/status")).doesNotContain(typist.netns());
  }

  private Run curl(Pod from, String url, String... more) {
    List<String> command =
        new java.util.ArrayList<>(List.of("curl", "-sS", "--max-time", "20", url));
    command.addAll(List.of(more));
    return lab.in(from, command.toArray(String[]::new));
  }

  private Run java(Pod from, String host, String port) {
    return lab.in(from, java(JavaClient.class, host, port));
  }

  private static String[] java(Class<?> main, String... arguments) {
    String classes = Path.of(Lab.script("server.py")).getParent().getParent().toString();
    return Stream.concat(
            Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes,
                main.getName()),
            Arrays.stream(arguments))
        .toArray(String[]::new);
  }

  private static String mapped(String ip4) {
    return "\"peer\": \"::ffff:" + ip4 + "\"";
  }

  /** Makes a certificate that signs itself; returns the path of it in PEM. */
  private Path certificate() {
    Path cert = directory.resolve("cert.pem");
    Run run =
        Lab.run(
            List.of(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-keyout",
                directory.resolve("key.pem").toString(),
                "-out",
                cert.toString(),
                "-days",
                "2",
                "-subj",
                "/CN=catalogue.example",
                "-addext",
                "subjectAltName=DNS:catalogue.example"));
    assertThat(run.status()).as(run.err()).isZero();
    return cert;
  }

  private String rules(Path certificate) {
    return """
    apiVersion: v1
    kind: Service
    metadata: {name: shelf, namespace: library}
    spec:
      clusterIP: %1$s
      selector: {app: shelf}
      ports:
      - {name: http, port: 80, targetPort: 8080}
      - {name: tcp-banner, port: 9000, targetPort: 9000}
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: shelf, namespace: library}
    spec:
      hosts: [shelf]
      http:
      - match:
        - uri: {prefix: /forbidden}
          sourceLabels: {app: reader}
        fault: {abort: {httpStatus: 503, percentage: {value: 100}}}
        route: [{destination: {host: shelf}}]
      - match: [{uri: {prefix: /slow}}]
        timeout: 1s
        route: [{destination: {host: shelf}}]
      - route: [{destination: {host: shelf}}]
    ---
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata: {name: catalogue, namespace: library}
    spec:
      hosts: [catalogue.example]
      addresses: [%2$s]
      location: MESH_EXTERNAL
      resolution: STATIC
      ports:
      - {number: 80, name: http, protocol: HTTP}
      - {number: 443, name: https, protocol: HTTPS}
      endpoints: [{address: %3$s}]
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: catalogue, namespace: library}
    spec:
      hosts: [catalogue.example]
      http:
      - match: [{port: 80}]
        route: [{destination: {host: catalogue.example, port: {number: 443}}}]
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: {name: catalogue, namespace: library}
    spec:
      host: catalogue.example
      trafficPolicy:
        portLevelSettings:
        - port: {number: 443}
          tls: {mode: SIMPLE, caCertificates: %4$s}
    """
        .formatted(SHELF, CATALOGUE, outside.ip4(), certificate);
  }
}
