package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that a pod has when it is enrolled. */
class ExistingConnectionsTest {

  private static final Pattern OLDER =
      Pattern.compile("\"olderConnections\"\\s*:\\s*\\{\\s*\"count\"\\s*:\\s*(\\d+)");

  @TempDir Path directory;
  private Lab lab;
  private Library library;
  private AgentProcess agent;

  @BeforeEach
  void start() throws IOException {
    Needs.rootAnd("ip", "python3");
    lab = new Lab(21, directory);
    library = new Library(Files.createDirectory(directory.resolve("config")));
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
  void goOnUntouchedAndAreCountedUntilTheyEnd() throws IOException {
    Pod reader = lab.pod("reader", 11);
    Pod shelf = lab.pod("shelf", 12);
    lab.serve(shelf, "python3", Lab.script("server.py"), "banner", "::", "9000");
    Path control = directory.resolve("control");
    // Out: a, b, six, busy. Within the pod: own. Not steered: loopback. Gone, in TIME_WAIT: one.
    Path out =
        lab.serveTo(
            reader,
            "python3",
            Lab.script("hold.py"),
            shelf.ip4(),
            shelf.ip6(),
            "9000",
            reader.ip4(),
            control.toString());
    Process in = hold(shelf, reader.ip4(), 7000);

    library.pod(reader);
    Lab.await("it is enrolled", () -> agent.get("/status").contains(reader.netns()));
    agent.awaitReady();

    assertThat(older()).as(agent.get("/status")).isEqualTo(6);
    assertThat(agent.metric("sluice_older_connections", Map.of())).isEqualTo(6);
    assertThat(agent.get("/status"))
        .contains(shelf.ip4() + ":9000")
        .containsPattern("\\[fd98:\\S+\\]:9000")
        .doesNotContain("127.0.0.1:7000");
    Process later = hold(reader, shelf.ip4(), 9000);
    Lab.await(
        "a new one is taken in", () -> StatusText.connections(agent.get("/status"), "reader") == 1);

    Files.writeString(control, "check");
    Lab.await("all are tried", () -> Lab.read(out).contains("checked"));
    assertThat(Lab.read(out)).contains("checked a ok, b ok, busy ok, loopback ok, own ok, six ok");

    Files.writeString(control, "close a six own");
    Lab.await("their number falls", () -> older() == 3);
    in.destroyForcibly().onExit().join();
    Lab.await("and falls", () -> older() == 2);
    Files.writeString(control, "check again");
    Lab.await(
        "the others still run", () -> Lab.read(out).contains("checked b ok, busy ok, loopback ok"));

    lab.killProcessesIn(reader);
    Lab.await("none is left", () -> older() == 0);
    assertThat(later.onExit().join().exitValue()).isNotZero();
    assertThat(agent.complaints()).isEmpty();
  }

  /** Connects and stays. */
  private Process hold(Pod pod, String host, int port) {
    return lab.serve(
        pod,
        "python3",
        "-c",
        "import socket, time; s = socket.create_connection(('%s', %d)); print('listening', flush=True); time.sleep(100)"
            .formatted(host, port));
  }

  private int older() {
    Matcher matcher = OLDER.matcher(agent.get("/status"));
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
  }
}
