package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ports that apps and the agent both want, and addresses that change. */
class PortsAndAddressesTest {

  /** Takes every second port of those from which the agent draws its own. */
  private static final String CRAM =
      """
      import resource, socket, time
      resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
      all = [socket.create_server(('::', port), family=socket.AF_INET6, dualstack_ipv6=True) for port in range(61000, 65536, 2)]
      print('listening', flush=True)
      time.sleep(100)
      """;

  @TempDir Path directory;
  private Lab lab;
  private Library library;
  private AgentProcess agent;

  @BeforeEach
  void start() throws IOException {
    Needs.rootAnd("ip", "python3");
    lab = new Lab(23, directory);
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

  /** Before the enrolment on IPv4, after it on IPv6. */
  @Test
  void anAppMayHavePorts15001And15006() {
    Pod kiosk = lab.pod("kiosk", 11);
    Pod reader = lab.pod("reader", 12);
    Pod stranger = lab.pod("stranger", 13);
    serve(kiosk, "0.0.0.0", 15001);
    enrol(kiosk);
    enrol(reader);
    serve(kiosk, "::", 15006);

    for (Pod from : new Pod[] {stranger, reader, kiosk}) {
      greets(from, kiosk.ip4(), 15001, from.ip4());
      greets(from, kiosk.ip4(), 15006, "::ffff:" + from.ip4());
      greets(from, kiosk.ip6(), 15006, from.ip6());
    }
    greets(kiosk, "127.0.0.1", 15001, "127.0.0.1");
    greets(kiosk, "::1", 15006, "::1");
  }

  @Test
  void theAgentTakesPortsThatNoAppHas() {
    Pod crammed = lab.pod("crammed", 14);
    Pod stranger = lab.pod("stranger", 13);
    lab.serve(crammed, "python3", "-c", CRAM);
    serve(crammed, "::", 9000);

    enrol(crammed);

    greets(stranger, crammed.ip4(), 9000, "::ffff:" + stranger.ip4());
    assertThat(agent.complaints()).isEmpty();
  }

  /** The inbound listener has its port on loopback only. */
  @Test
  void anAppMayHaveTheNumberOfTheInboundListenerOnThePodsAddress() {
    Pod kiosk = lab.pod("kiosk", 11);
    Pod stranger = lab.pod("stranger", 13);
    enrol(kiosk);
    int port = port("INBOUND_V4");

    serve(kiosk, kiosk.ip4(), port);

    greets(stranger, kiosk.ip4(), port, stranger.ip4());
  }

  @Test
  void addressesThatComeAndGoAreFollowed() {
    Pod kiosk = lab.pod("kiosk", 11);
    Pod stranger = lab.pod("stranger", 13);
    lab.ipIn(kiosk, "-6", "addr", "del", kiosk.ip6() + "/64", "dev", "eth0");
    serve(kiosk, "::", 9000);
    enrol(kiosk);
    assertThat(agent.get("/status")).doesNotContain("INBOUND_V6");
    Process open =
        lab.spawn(
            stranger,
            "python3",
            "-c",
            "import socket; s = socket.create_connection(('%s', 9000)); s.recv(99); s.recv(99)"
                .formatted(kiosk.ip4()));
    Lab.await(
        "a connection runs", () -> StatusText.connections(agent.get("/status"), "kiosk") == 1);

    String second = kiosk.ip4().replaceAll("\\d+$", "77");
    lab.ipIn(kiosk, "addr", "add", second + "/24", "dev", "eth0");
    lab.ipIn(kiosk, "addr", "add", kiosk.ip6() + "/64", "dev", "eth0", "nodad");

    Lab.await(
        "its first IPv6 address is taken in", () -> agent.get("/status").contains("INBOUND_V6"));
    Lab.await("and the second IPv4 address", () -> agent.get("/status").contains(second));
    greets(stranger, kiosk.ip6(), 9000, stranger.ip6());
    greets(stranger, second, 9000, "::ffff:" + stranger.ip4());
    double out6 = redirected6();
    serve(stranger, "::", 9000);
    greets(kiosk, stranger.ip6(), 9000, kiosk.ip6());
    assertThat(redirected6()).isGreaterThan(out6);

    lab.ipIn(kiosk, "addr", "del", second + "/24", "dev", "eth0");
    Lab.await("the address that went is forgotten", () -> !agent.get("/status").contains(second));
    assertThat(open.isAlive()).as("the connection goes on").isTrue();
    assertThat(agent.complaints()).isEmpty();
  }

  private double redirected6() {
    return agent.metric("sluice_bpf_events_total", java.util.Map.of("event", "redirected6"));
  }

  private void enrol(Pod pod) {
    library.pod(pod);
    Lab.await("it is listed", () -> agent.get("/status").contains(pod.netns()));
    agent.awaitReady();
  }

  private void serve(Pod pod, String host, int port) {
    lab.serve(pod, "python3", Lab.script("server.py"), "banner", host, "" + port);
  }

  private void greets(Pod from, String host, int port, String seenClient) {
    assertThat(connect(from, host, port))
        .as(() -> "complaints " + agent.complaints() + "\n" + agent.get("/metrics"))
        .contains("hello " + seenClient);
  }

  private String connect(Pod from, String host, int port) {
    return lab.in(from, "python3", Lab.script("client.py"), host, "" + port).out();
  }

  private int port(String role) {
    Matcher matcher =
        Pattern.compile(role + "\"\\s*,\\s*\"port\"\\s*:\\s*(\\d+)").matcher(agent.get("/status"));
    assertThat(matcher.find()).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
