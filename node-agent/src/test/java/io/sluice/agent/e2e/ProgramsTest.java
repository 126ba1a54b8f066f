package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import io.sluice.agent.e2e.SocketWatch.Gone;
import io.sluice.agent.e2e.SocketWatch.Sum;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real programs, in protocols that nothing declares: they work as without a mesh, the first byte is
 * not late, and the counters say what the programs' sockets sent.
 *
 * <pre>
 *   reader (enrolled) ---- Services 10.96.8.n, pod's addresses ---> shelf (enrolled)
 *                     ---- Services 10.96.9.n --------------------> attic (namespace without label)
 *   typist (namespace without label) -----------------------------> shelf
 * </pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProgramsTest {

  /** How much later than direct the first byte may come. */
  private static final double LATER_MILLIS_MAX = 50;

  /** What a machine that is busy with other things may add. */
  private static final double SLACK_MILLIS = 25;

  private static final int ROUNDS_MAX = 3;

  /** Sockets of clients and of servers, or connections opened and closed; bytes of each end. */
  private record Traffic(long opened, long closed, long fromClients, long fromServers) {
    Traffic minus(Traffic before) {
      return new Traffic(
          opened - before.opened,
          closed - before.closed,
          fromClients - before.fromClients,
          fromServers - before.fromServers);
    }
  }

  @TempDir static Path directory;

  private final List<Program> programs = Program.all();
  private final List<Program> started = new ArrayList<>();
  private final Map<String, Double> direct = new HashMap<>();
  private Lab lab;
  private Stage stage;
  private AgentProcess agent;
  private Pod reader;
  private Pod shelf;
  private Pod typist;
  private Pod attic;
  private SocketWatch clients;
  private SocketWatch servers;
  private Set<Integer> proxyPorts;

  @BeforeAll
  void start() throws IOException {
    Needs.rootAnd("ip", "ss", "stdbuf", "setpriv", "openssl", "python3");
    lab = new Lab(5, directory);
    stage = new Stage(lab, directory);
    reader = lab.pod("reader", 11);
    shelf = lab.pod("shelf", 12);
    typist = lab.pod("typist", 13);
    attic = lab.pod("attic", 14);
    startPrograms();
    measureDirectly();
    Library library = new Library(Files.createDirectory(directory.resolve("config")));
    library.pod(reader);
    library.pod(shelf);
    library.pod(typist, "press", Map.of("app", "typist"), true);
    library.pod(attic, "press", Map.of("app", "attic"), true);
    library.write("services.yaml", services("library", "shelf") + services("press", "attic"));
    clients = SocketWatch.start(lab, reader, directory);
    servers = SocketWatch.start(lab, shelf, directory);
    agent = AgentProcess.start(library.directory(), directory).awaitReady();
    proxyPorts = StatusText.listenerPorts(agent.get("/status"));
  }

  @AfterAll
  void stop() {
    try {
      started.forEach(Program::stop);
    } finally {
      if (agent != null) {
        agent.close();
      }
      if (lab != null) {
        lab.close();
      }
    }
  }

  Stream<Named<Program>> programs() {
    return programs.stream().map(program -> Named.of(program.name(), program));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("programs")
  void worksIsNotLateAndIsCounted(Program program) {
    need(program);
    Traffic before = sentBy(program);
    List<Traffic> countedBefore = counted(program);
    List<String> late = new ArrayList<>();

    for (int port : program.ports().keySet()) {
      late.addAll(firstByteIsLate(program, port));
      program.use(stage, reader, clusterIp(program, "library"), port);
    }
    program.use(stage, reader, shelf.ip4(), program.ports().lastEntry().getValue());

    awaitCounted(program, before, countedBefore);
    assertThat(late).as("first bytes that are more than 50 ms later than direct").isEmpty();
  }

  @Test
  void overIpv6() {
    for (Program program : List.of(new Redis(), new MariaDb())) {
      need(program);
      Traffic before = sentBy(program);
      List<Traffic> countedBefore = counted(program);

      program.use(stage, reader, shelf.ip6(), program.ports().lastKey());

      awaitCounted(program, before, countedBefore);
    }
  }

  @Test
  void fromAClientOutsideOfTheMesh() {
    for (Program program : List.of(new Nats(), new Memcached())) {
      need(program);
      Map<String, String> edge = edge(program, "library", "destination", "typist", "shelf");

      program.use(stage, typist, shelf.ip4(), program.ports().firstKey());

      Lab.await(
          program.name() + " is counted at its pod",
          () -> agent.metric("istio_tcp_connections_closed_total", edge) > 0);
      endedWith(program.flags(), edge);
    }
  }

  @Test
  void fromAServerOutsideOfTheMesh() {
    for (Program program : List.of(new Nats(), new Memcached())) {
      need(program);
      Map<String, String> edge = edge(program, "press", "source", "reader", "attic");

      program.use(stage, reader, clusterIp(program, "press"), program.ports().firstKey());

      Lab.await(
          program.name() + " is counted at its client",
          () -> agent.metric("istio_tcp_connections_closed_total", edge) > 0);
      endedWith(program.flags(), edge);
    }
  }

  /** Compares and tells; returns what is to complain about. */
  private List<String> firstByteIsLate(Program program, int port) {
    String host = clusterIp(program, "library");
    double soonest = direct.get(key(program, port));
    double latest = soonest + LATER_MILLIS_MAX + SLACK_MILLIS;
    double mesh = Double.MAX_VALUE;
    // Once more where the machine was busy with something else: what is late by itself stays late.
    for (int round = 0; round < ROUNDS_MAX && mesh > latest; round++) {
      mesh = stage.firstByteMillis(reader, host, port, program.opening());
    }
    String text =
        "%s:%d first byte, median: direct %.1f ms, through the mesh %.1f ms"
            .formatted(program.name(), port, soonest, mesh);
    System.out.println(text);
    return mesh <= latest ? List.of() : List.of(text);
  }

  /** Both reporters say what both ends' sockets sent, and no connection is open any more. */
  private void awaitCounted(Program program, Traffic before, List<Traffic> countedBefore) {
    try {
      Lab.await(
          "counted as sent",
          () -> {
            Traffic sent = sentBy(program).minus(before);
            List<Traffic> counted = counted(program);
            return sent.opened() > 0
                && counted.get(0).minus(countedBefore.get(0)).equals(sent)
                && counted.get(1).minus(countedBefore.get(1)).equals(sent);
          });
    } catch (AssertionError e) {
      throw new AssertionError(
          "sent by the programs' sockets: %s; counted: %s, before: %s%n%s"
              .formatted(
                  sentBy(program).minus(before),
                  counted(program),
                  countedBefore,
                  counters(edges(program).getFirst())),
          e);
    }
    edges(program).forEach(edge -> endedWith(program.flags(), edge));
  }

  /** What the kernel says of the sockets of the programs themselves. */
  private Traffic sentBy(Program program) {
    Sum dialled = clients.sum(this::ofApp);
    Sum answered = servers.sum(gone -> ofServer(program, gone));
    return new Traffic(dialled.sockets(), answered.sockets(), dialled.sent(), answered.sent());
  }

  /** What the source says, and what the destination says. */
  private List<Traffic> counted(Program program) {
    return edges(program).stream()
        .map(edge ->
            new Traffic(
                count("istio_tcp_connections_opened_total", edge),
                count("istio_tcp_connections_closed_total", edge),
                count("istio_tcp_received_bytes_total", edge),
                count("istio_tcp_sent_bytes_total", edge)))
        .toList();
  }

  private List<Map<String, String>> edges(Program program) {
    return Stream.of("source", "destination")
        .map(reporter -> edge(program, "library", reporter, "reader", "shelf"))
        .toList();
  }

  private void endedWith(List<String> flags, Map<String, String> edge) {
    Map<String, String> labels = new HashMap<>(edge);
    long ended = 0;
    for (String flag : flags) {
      labels.put("response_flags", flag);
      ended += count("istio_tcp_connections_closed_total", labels);
    }
    assertThat(ended)
        .as("connections that ended with %s%n%s", flags, counters(edge))
        .isEqualTo(count("istio_tcp_connections_closed_total", edge))
        .isEqualTo(count("istio_tcp_connections_opened_total", edge));
  }

  private long count(String name, Map<String, String> labels) {
    return (long) agent.metric(name, labels);
  }

  private String counters(Map<String, String> edge) {
    return String.join(
        "\n",
        agent
            .get("/metrics")
            .lines()
            .filter(line -> line.startsWith("istio_"))
            .filter(line -> line.contains(edge.get("destination_service")))
            .toList());
  }

  private static Map<String, String> edge(
      Program program, String namespace, String reporter, String client, String server) {
    return Map.of(
        "reporter", reporter,
        "source_workload", client,
        "destination_workload", server,
        "destination_service", program.name() + "." + namespace + ".svc.cluster.local",
        "destination_service_name", program.name(),
        "destination_service_namespace", namespace,
        "request_protocol", "tcp");
  }

  /** A socket of an app that dials: the kernel has led it to a listener of the proxy. */
  private boolean ofApp(Gone gone) {
    return proxyPorts.contains(gone.peerPort());
  }

  /** A socket of the server itself: one pass leads to it from the client's pod. */
  private boolean ofServer(Program program, Gone gone) {
    return program.ports().containsValue(gone.localPort())
        && (gone.peer().contains(reader.ip4()) || gone.peer().contains(reader.ip6()));
  }

  private void startPrograms() {
    for (Program program : programs) {
      if (program.needs().keySet().stream().allMatch(Needs::has)) {
        program.start(stage, shelf);
        started.add(program);
      }
    }
    for (Program program : List.of(new Nats(), new Memcached())) {
      if (program.needs().keySet().stream().allMatch(Needs::has)) {
        program.start(stage, attic);
      }
    }
    for (Program program : started) {
      program.ports().values().forEach(port -> stage.awaitPort(shelf, port, program.name()));
    }
  }

  private void measureDirectly() {
    for (Program program : started) {
      program
          .ports()
          .forEach((port, target) ->
              direct.put(
                  key(program, port),
                  stage.firstByteMillis(reader, shelf.ip4(), target, program.opening())));
    }
  }

  private static void need(Program program) {
    program.needs().forEach(Needs::commandOf);
  }

  private static String key(Program program, int port) {
    return program.name() + ":" + port;
  }

  private String clusterIp(Program program, String namespace) {
    int service = 1 + programs.stream().map(Program::name).toList().indexOf(program.name());
    return (namespace.equals("library") ? "10.96.8." : "10.96.9.") + service;
  }

  private String services(String namespace, String app) {
    StringBuilder yaml = new StringBuilder();
    for (Program program : programs) {
      yaml.append(
          """
          ---
          apiVersion: v1
          kind: Service
          metadata: {name: %s, namespace: %s}
          spec:
            clusterIP: %s
            selector: {app: %s}
            ports:
          """
              .formatted(program.name(), namespace, clusterIp(program, namespace), app));
      program
          .ports()
          .forEach((port, target) ->
              yaml.append(
                  "  - {name: shelf-%1$d, port: %1$d, targetPort: %2$d}\n"
                      .formatted(port, target)));
    }
    return yaml.toString();
  }
}
