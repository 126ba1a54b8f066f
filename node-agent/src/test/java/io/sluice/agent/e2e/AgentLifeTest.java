package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent and the pods come and go. */
class AgentLifeTest {

  @TempDir Path directory;
  private Lab lab;
  private Library library;
  private AgentProcess agent;
  private Pod reader;
  private Pod shelf;

  @BeforeEach
  void start() throws IOException {
    Needs.rootAnd("ip", "curl", "python3");
    lab = new Lab(3, directory);
    reader = lab.pod("reader", 11);
    shelf = lab.pod("shelf", 13);
    library = new Library(Files.createDirectory(directory.resolve("config")));
    library.pod(reader);
    library.pod(shelf);
    lab.serve(shelf, "python3", Lab.script("server.py"), "http", "0.0.0.0", "8080");
    lab.serve(shelf, "python3", Lab.script("server.py"), "banner", "0.0.0.0", "9000");
    agent = AgentProcess.start(library.directory(), directory).awaitReady();
  }

  @AfterEach
  void stop() {
    if (agent != null) {
      agent.close();
    }
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void sigtermLetsRequestsEndAndLeavesNothing() throws IOException {
    Path answer = directory.resolve("answer");
    Process slow =
        lab.spawn(
            reader, "curl", "-sS", "-o", answer.toString(), "-w", "%{http_code}", url("/slow?s=2"));
    Lab.await("the request is under way", () -> connectionsOf("reader") > 0);

    agent.terminate();
    Lab.await("it is not ready while it drains", () -> agent.statusOf("/healthz/ready") == 503);
    assertThat(agent.get("/healthz/ready")).contains("it was asked to end");
    assertThat(agent.statusOf("/healthz/live")).as("but alive").isEqualTo(200);

    assertThat(agent.awaitExit()).as(agent.log()).isZero();
    assertThat(slow.onExit().join().exitValue()).as("curl").isZero();
    assertThat(Lab.read(answer)).contains("/slow");
    assertThat(get()).as("goes directly now").isEqualTo("200");
  }

  @Test
  void aSecondSignalEndsItAtOnce() {
    lab.spawn(reader, "curl", "-sS", url("/slow?s=20"));
    Lab.await("the request is under way", () -> connectionsOf("reader") > 0);

    agent.terminate();
    Lab.await("it drains", () -> agent.log().contains("drain"));
    agent.terminate();

    assertThat(agent.awaitExit()).isEqualTo(128 + 15);
    assertThat(get()).isEqualTo("200");
  }

  /** Also: after a restart all pods are enrolled again without a person. */
  @Test
  void afterKillMinus9OnlyConnectionsInFlightFail() throws IOException {
    Path results = Files.createFile(directory.resolve("results"));
    Process connects =
        lab.spawn(
            reader,
            "python3",
            Lab.script("connects.py"),
            shelf.ip4(),
            "8080",
            "1000",
            "4",
            results.toString());
    Lab.await("connects run", () -> lines(results).count() > 100);

    long killed = System.nanoTime();
    long sent = agent.kill();
    long gone = System.nanoTime();

    assertThat(connects.onExit().join().exitValue()).isZero();
    List<Connect> all = lines(results).map(Connect::of).toList();
    List<Connect> failed = all.stream().filter(each -> !each.verdict().equals("ok")).toList();
    long firstFailure = failed.stream().mapToLong(Connect::end).min().orElse(gone);
    long firstDirect =
        all.stream()
            .filter(each -> each.verdict().equals("ok") && each.begin() > sent)
            .mapToLong(Connect::end)
            .min()
            .orElseThrow();
    System.out.printf(
        "kill -9: %d of %d connects failed, the last one begun %.2f ms before the signal was sent;"
            + " first direct one done %.2f ms after it; first failure seen after %.1f ms, process gone after %.1f ms%n",
        failed.size(),
        all.size(),
        (sent - failed.stream().mapToLong(Connect::begin).max().orElse(sent)) / 1e6,
        (firstDirect - sent) / 1e6,
        (firstFailure - sent) / 1e6,
        (gone - sent) / 1e6);
    assertThat(failed).as("none failed before").allMatch(each -> each.end() > killed);
    assertThat(failed)
        .as("the kernel knows of the death at once: only those under way fail")
        .allMatch(each -> each.begin() < sent);

    agent = AgentProcess.start(library.directory(), directory).awaitReady();
    assertThat(get()).isEqualTo("200");
    Lab.await(
        "the new agent counts",
        () ->
            agent.metric(
                    "istio_requests_total",
                    Map.of("reporter", "source", "source_workload", "reader"))
                >= 1);
  }

  @Test
  void aDeletedNamespaceIsFreedWhileTheAgentRuns() {
    Pod gone = lab.pod("gone", 17);
    library.pod(gone);
    Lab.await("it is enrolled", () -> agent.get("/status").contains(gone.netns()));
    agent.awaitReady();
    // Connections of all kinds are open: one out, one in, and one that comes straight.
    lab.serve(gone, "python3", Lab.script("server.py"), "http", "0.0.0.0", "8080");
    Process out = lab.spawn(gone, "curl", "-sS", url("/slow?s=20"));
    String slow = "http://" + gone.ip4() + ":8080/slow?s=20";
    Process in = lab.spawn(lab.pod("stranger", 18), "curl", "-sS", slow);
    Process straight = lab.spawn(reader, "curl", "-sS", "-f", slow);
    Lab.await(
        "connections are open", () -> connectionsOf("gone") >= 2 && connectionsOf("reader") >= 1);
    String link = lab.linkOf(gone);
    assertThat(lab.hasLink(link)).isTrue();

    lab.killProcessesIn(gone);
    lab.delete(gone);

    // The kernel takes the pod's interface, and so its peer, when it frees the namespace, and not
    // before.
    Lab.await("the namespace is freed", () -> !lab.hasLink(link));
    assertThat(agent.process().isAlive()).isTrue();
    assertThat(get()).as("the others go on").isEqualTo("200");
    assertThat(out.onExit().join().exitValue() + in.onExit().join().exitValue()).isNotZero();
    assertThat(straight.onExit().join().exitValue()).isNotZero();
  }

  @Test
  void podsComeGoAndComeBackByTheirFiles() {
    library.remove(reader);
    Lab.await("reader is let go", () -> !agent.get("/status").contains(reader.netns()));
    assertThat(get()).isEqualTo("200");
    assertThat(countedOf("reader")).as("it went directly").isZero();

    lab.serve(
        reader,
        "python3",
        "-c",
        "import socket, time; s = socket.create_connection(('%s', 9000)); print('listening', flush=True); time.sleep(60)"
            .formatted(shelf.ip4()));
    library.pod(reader);
    Lab.await("reader is back", () -> agent.get("/status").contains(reader.netns()));
    agent.awaitReady();
    assertThat(agent.get("/status"))
        .as("the connection from before is shown")
        .containsPattern(reader.ip4() + ":\\d+ -> " + shelf.ip4() + ":9000");
    assertThat(get()).isEqualTo("200");
    Lab.await("counted again", () -> countedOf("reader") == 1);

    library.pod(reader, Library.NAMESPACE, Map.of("app", "reader", "version", "v2"), true);
    Lab.await(
        "its new label is counted",
        () -> {
          assertThat(get()).isEqualTo("200");
          return agent.metric(
                  "istio_requests_total",
                  Map.of("reporter", "source", "source_workload", "reader", "source_version", "v2"))
              > 0;
        });
  }

  /** Of a port that was open before the enrolment the kernel tells nothing: the refusal does. */
  @Test
  void aPortThatIsClosedLaterLooksClosed() {
    Pod kiosk = lab.pod("kiosk", 18);
    Pod stranger = lab.pod("stranger", 19);
    Process server =
        lab.serve(kiosk, "python3", Lab.script("server.py"), "banner", "0.0.0.0", "9000");
    library.pod(kiosk);
    Lab.await("it is enrolled", () -> agent.get("/status").contains(kiosk.netns()));
    agent.awaitReady();
    assertThat(connect(stranger, kiosk)).contains("hello " + stranger.ip4());

    server.destroyForcibly().onExit().join();

    Lab.await("it refuses", () -> connect(stranger, kiosk).contains("ConnectionRefusedError"));
  }

  private String connect(Pod from, Pod to) {
    return lab.in(from, "python3", Lab.script("client.py"), to.ip4(), "9000").out();
  }

  @Test
  void ioUringDoesAsWell() {
    agent.close();
    agent =
        AgentProcess.start(library.directory(), directory, "--transport", "io_uring").awaitReady();

    assertThat(get()).isEqualTo("200");
    Lab.await("counted", () -> countedOf("reader") == 1);
    assertThat(connect(reader, shelf)).contains("hello " + reader.ip4());
    agent.terminate();
    assertThat(agent.awaitExit()).isZero();
  }

  private double countedOf(String workload) {
    return agent.metric(
        "istio_requests_total", Map.of("reporter", "source", "source_workload", workload));
  }

  /** Asks shelf from reader; the HTTP status. */
  private String get() {
    return lab.in(
            reader,
            "curl",
            "-sS",
            "-o",
            "/dev/null",
            "--max-time",
            "10",
            "-w",
            "%{http_code}",
            url("/x"))
        .out();
  }

  private String url(String path) {
    return "http://" + shelf.ip4() + ":8080" + path;
  }

  private int connectionsOf(String pod) {
    return StatusText.connections(agent.get("/status"), pod);
  }

  private static Stream<String> lines(Path file) {
    try {
      // The last line may be half written.
      String text = Files.readString(file);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Connect(long begin, long end, String verdict) {
    static Connect of(String line) {
      String[] parts = line.split(" ");
      return new Connect(Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2]);
    }
  }
}
