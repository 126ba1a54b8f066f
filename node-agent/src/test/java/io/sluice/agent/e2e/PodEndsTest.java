package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pod dies while connections of all kinds run, and other pods go on. */
class PodEndsTest {

  @TempDir Path directory;
  private Lab lab;
  private AgentProcess agent;
  private Pod mortal;
  private Pod peer;

  @BeforeEach
  void start() throws IOException {
    Needs.rootAnd("ip", "curl", "python3");
    lab = new Lab(22, directory);
    mortal = lab.pod("mortal", 11);
    peer = lab.pod("peer", 12);
    Library library = new Library(Files.createDirectory(directory.resolve("config")));
    library.pod(mortal);
    lab.serve(peer, "python3", Lab.script("server.py"), "http", "0.0.0.0", "8080");
    lab.serve(mortal, "python3", Lab.script("server.py"), "http", "0.0.0.0", "8080");
    lab.serve(mortal, "python3", Lab.script("server.py"), "banner", "::", "9000");
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
  void itsNamespaceIsFreedAndItsPeersAreReset() {
    // In the middle of uploads, with data that nobody reads.
    Path deafPeer =
        lab.serveTo(peer, "python3", Lab.script("deaf.py"), "server", "0.0.0.0", "9100");
    lab.serveTo(mortal, "python3", Lab.script("deaf.py"), "server", "0.0.0.0", "9100");
    lab.serveTo(mortal, "python3", Lab.script("deaf.py"), "client", peer.ip4(), "9100");
    Path sender =
        lab.serveTo(peer, "python3", Lab.script("deaf.py"), "client", mortal.ip4(), "9100");
    // Half closed, idle, and waiting for an answer.
    lab.serve(mortal, "python3", "-c", HALF_CLOSED.formatted(peer.ip4(), 8080));
    Path idle = lab.serveTo(peer, "python3", "-c", IDLE.formatted(mortal.ip6(), 9000));
    Process asks = lab.spawn(peer, "curl", "-sSf", "http://" + mortal.ip4() + ":8080/slow?s=60");
    Lab.await(
        "all connections are open",
        () -> StatusText.connections(agent.get("/status"), "mortal") >= 5);
    Lab.await("the peer has accepted", () -> Lab.read(deafPeer).contains("accepted"));
    String link = lab.linkOf(mortal);

    lab.killProcessesIn(mortal);
    lab.delete(mortal);

    // The kernel takes the pod's interface, and so its peer, when it frees the namespace.
    Lab.await("the namespace is freed", () -> !lab.hasLink(link));
    Lab.await("its upload's end is seen", () -> Lab.read(deafPeer).contains("end reset"));
    Lab.await("who sent to it is reset", () -> Lab.read(sender).contains("end reset"));
    Lab.await("who was idle is told", () -> Lab.read(idle).contains("ended"));
    assertThat(asks.onExit().join().exitValue()).as("curl without an answer").isNotZero();
    assertThat(agent.complaints()).isEmpty();
    assertThat(agent.process().isAlive()).isTrue();
  }

  private static final String HALF_CLOSED =
      """
      import socket, time
      s = socket.create_connection(('%s', %d))
      s.sendall(b'GET /slow?s=60 HTTP/1.1\\r\\nHost: peer\\r\\n\\r\\n')
      s.shutdown(socket.SHUT_WR)
      print('listening', flush=True)
      time.sleep(100)
      """;

  private static final String IDLE =
      """
      import socket
      s = socket.create_connection(('%s', %d))
      s.recv(100)
      print('listening', flush=True)
      try:
        s.recv(100)
      except OSError:
        pass
      print('ended', flush=True)
      """;
}
