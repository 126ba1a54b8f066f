package io.sluice.agent.kernel.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.kernel.abi.Counter;
import io.sluice.agent.testbed.Mesh;
import io.sluice.agent.testbed.NeedsRoot;
import io.sluice.agent.testbed.PythonServer;
import io.sluice.agent.testbed.TestNetwork;
import io.sluice.agent.testbed.TestProxy;
import io.sluice.agent.testbed.World;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What an app in an enrolled pod sees when it listens, and its clients. Each test is a line of
 * docs/what-the-app-sees.md. Pod b serves; x is a client outside the mesh, a one inside.
 */
@NeedsRoot
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WhatServersSeeTest {
  /** Prints the client's own address and then what the server saw and called itself. */
  private static final String ASK =
      """
      c = socket.create_connection((sys.argv[1], int(sys.argv[2])))
      print(show(c.getsockname()), c.makefile().readline().strip())
      """;

  private static final String REFUSED =
      """
      c = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)
      try:
        c.connect((sys.argv[1], int(sys.argv[2]))); c.recv(1); print('accepted and closed')
      except OSError as e: print(errno.errorcode[e.errno])
      """;

  private World world;

  @BeforeAll
  void build() {
    world = new World();
  }

  @AfterAll
  void remove() {
    world.close();
  }

  private PythonServer serve(String address, int port, String... v6only) {
    String[] arguments = new String[2 + v6only.length];
    arguments[0] = address;
    arguments[1] = Integer.toString(port);
    System.arraycopy(v6only, 0, arguments, 2, v6only.length);
    return world.network().pythonServer("b", World.TELLING_SERVER, arguments);
  }

  private String[] ask(String client, String address, int port) {
    return world.python(client, ASK, address, Integer.toString(port)).split(" ");
  }

  private String refused(String client, String address, int port) {
    return world.python(client, REFUSED, address, Integer.toString(port));
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 10.88.0.2, ''",
    "10.88.0.2, 10.88.0.2, ''",
    "::, 10.88.0.2, ::ffff:",
    "::, fd88::2, ''",
    "fd88::2, fd88::2, ''",
  })
  void serverSeesTheTrueClientAndItsOwnAddress(String bound, String dialled, String prefix) {
    try (PythonServer server = serve(bound, 8081)) {
      assertThat(server).isNotNull();
      List<String> seen =
          world.seenDuring(
              "b",
              () -> {
                String[] told = ask("x", dialled, 8081);
                assertThat(told[1]).as("accept()").isEqualTo(prefix + told[0]);
                assertThat(told[2]).as("getpeername()").isEqualTo(prefix + told[0]);
                assertThat(told[3]).as("getsockname()").isEqualTo(prefix + dialled + ":8081");
              });
      assertThat(seen).as("through the proxy").hasSize(1);
    }
  }

  @Test
  void serverSeesTheAddressOfClientPodInTheMesh() {
    try (PythonServer server = serve("::", 8082)) {
      assertThat(server).isNotNull();
      assertThat(ask("a", "10.88.0.2", 8082)[1]).startsWith("::ffff:10.88.0.1:");
      assertThat(ask("a", "fd88::2", 8082)[1]).startsWith("fd88::1:");
    }
  }

  @ParameterizedTest
  @CsvSource({"10.88.0.2, ::ffff:10.88.0.1:", "fd88::2, fd88::1:"})
  void serverSeesTheAddressOfClientPodThatComesStraight(String dialled, String client) {
    TestProxy proxy = world.mesh().pod("a").proxy();
    try (PythonServer server = serve("::", 8093)) {
      assertThat(server).isNotNull();
      proxy.goStraight(true);
      long steered = world.mesh().count(Counter.INBOUND_STEERED);
      long straight = world.mesh().count(Counter.INBOUND_STRAIGHT);
      List<String> seen =
          world.seenDuring(
              "b",
              () -> {
                String[] told = ask("a", dialled, 8093);
                assertThat(told[1]).as("accept()").startsWith(client);
                assertThat(told[2]).as("getpeername()").isEqualTo(told[1]);
              });
      assertThat(seen).as("through the called pod's listener").isEmpty();
      assertThat(world.mesh().count(Counter.INBOUND_STEERED)).isEqualTo(steered);
      assertThat(world.mesh().count(Counter.INBOUND_STRAIGHT)).isEqualTo(straight + 1);
      assertThat(proxy.wentStraight().getLast()).isTrue();
    } finally {
      proxy.goStraight(false);
    }
  }

  @Test
  void connectionThatWasNotAnnouncedIsSteeredAsBefore() {
    TestProxy proxy = world.mesh().pod("a").proxy();
    try (PythonServer server = serve("::", 8094)) {
      assertThat(server).isNotNull();
      proxy.goStraight(true);
      long leftover = world.mesh().count(Counter.PENDING_LEFTOVER);
      ask("a", "10.88.0.2", 8094);
      proxy.goStraight(false);
      List<String> seen = world.seenDuring("b", () -> ask("a", "10.88.0.2", 8094));
      assertThat(seen).hasSize(1);
      assertThat(world.mesh().count(Counter.PENDING_LEFTOVER))
          .as("what was under way is forgotten at accept")
          .isEqualTo(leftover);
    } finally {
      proxy.goStraight(false);
    }
  }

  @Test
  void closedPortRefusesWhoComesStraightAndNothingIsLeftOfIt() {
    TestProxy proxy = world.mesh().pod("a").proxy();
    proxy.goStraight(true);
    try {
      long leftover = world.mesh().count(Counter.PENDING_LEFTOVER);
      assertThat(refused("a", "10.88.0.2", 9998)).isEqualTo("ECONNRESET");
      assertThat(refused("a", "fd88::2", 9998)).isEqualTo("ECONNRESET");
      assertThat(world.mesh().count(Counter.PENDING_LEFTOVER)).isEqualTo(leftover + 2);
    } finally {
      proxy.goStraight(false);
    }
  }

  @Test
  void connectionToPodThatTakesNoPartDidNotPassByAnything() {
    TestProxy proxy = world.mesh().pod("a").proxy();
    proxy.goStraight(true);
    try {
      String[] told = ask("a", "10.88.0.3", 8080);
      assertThat(told[1]).startsWith("::ffff:10.88.0.1:");
      assertThat(proxy.wentStraight().getLast()).isFalse();
    } finally {
      proxy.goStraight(false);
    }
  }

  @Test
  void mptcpServerSeesTheTrueClient() {
    try (PythonServer server =
        world
            .network()
            .pythonServer(
                "b",
                """
                s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
                s.bind(('0.0.0.0', 8083)); s.listen(9); s.settimeout(None); print('ready')
                while True:
                  c, a = s.accept()
                  c.sendall((show(a) + ' ' + show(c.getpeername()) + '\\n').encode()); c.close()
                """)) {
      assertThat(server).isNotNull();
      String[] told = ask("x", "10.88.0.2", 8083);
      assertThat(told[1]).isEqualTo(told[0]);
      assertThat(told[2]).isEqualTo(told[0]);
    }
  }

  @Test
  void clientWithinThePodIsShownAsItIs() {
    assertThat(
            world.python(
                "b",
                """
                s = socket.create_server(('0.0.0.0', 8084)); c = socket.create_connection(('127.0.0.1', 8084))
                d, a = s.accept(); print(show(a) == show(c.getsockname()), a[0])
                """))
        .isEqualTo("True 127.0.0.1");
  }

  @Test
  void closedPortRefuses() {
    assertThat(refused("x", "10.88.0.2", 9999)).isEqualTo("ECONNREFUSED");
    assertThat(refused("x", "fd88::2", 9999)).isEqualTo("ECONNREFUSED");
  }

  @Test
  void portRefusesAsSoonAsItsServerIsGone() {
    try (PythonServer server = serve("0.0.0.0", 8085)) {
      assertThat(server).isNotNull();
      assertThat(ask("x", "10.88.0.2", 8085)[1]).startsWith("10.88.0.3:");
    }
    assertThat(refused("x", "10.88.0.2", 8085)).isEqualTo("ECONNREFUSED");
  }

  @Test
  void portOfTwoReusePortServersIsOpenUntilTheSecondIsGone() {
    String server =
        """
        s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        s.bind(('0.0.0.0', 8086)); s.listen(9); s.settimeout(None); print('ready')
        while True:
          c, a = s.accept(); c.sendall((show(a) + '\\n').encode()); c.close()
        """;
    PythonServer first = world.network().pythonServer("b", server);
    PythonServer second = world.network().pythonServer("b", server);
    first.close();
    assertThat(ask("x", "10.88.0.2", 8086)[1]).startsWith("10.88.0.3:");
    second.close();
    assertThat(refused("x", "10.88.0.2", 8086)).isEqualTo("ECONNREFUSED");
  }

  @Test
  void ip6OnlyServerRefusesIp4() {
    try (PythonServer server = serve("::", 8087, "1")) {
      assertThat(server).isNotNull();
      assertThat(ask("x", "fd88::2", 8087)[1]).startsWith("fd88::3:");
      assertThat(refused("x", "10.88.0.2", 8087)).isEqualTo("ECONNREFUSED");
    }
  }

  @Test
  void serverOnLoopbackOnlyRefusesFromOutside() {
    try (PythonServer server = serve("127.0.0.1", 8088)) {
      assertThat(server).isNotNull();
      assertThat(refused("x", "10.88.0.2", 8088)).isEqualTo("ECONNREFUSED");
    }
  }

  @Test
  void serverFromBeforeTheEnrolmentIsFoundAndItsEndIsSeenByTheNextScan() {
    world.network().addPod("old", 7);
    PythonServer server = world.network().pythonServer("old", World.TELLING_SERVER, "::", "8089");
    Mesh.Pod pod = world.mesh().enrol("old", TestNetwork.addresses(7));
    assertThat(ask("x", "10.88.0.7", 8089)[1]).startsWith("::ffff:10.88.0.3:");
    assertThat(ask("x", "fd88::7", 8089)[1]).startsWith("fd88::3:");
    assertThat(pod.proxy().seen()).hasSize(2);

    server.close();
    assertThat(refused("x", "10.88.0.7", 8089)).as("until the scan").isEqualTo("ECONNRESET");
    pod.datapath().rescanListeners();
    assertThat(refused("x", "10.88.0.7", 8089)).isEqualTo("ECONNREFUSED");
    assertThat(refused("x", "fd88::7", 8089)).isEqualTo("ECONNREFUSED");
  }

  @Test
  void ip6OnlyServerFromBeforeTheEnrolmentRefusesIp4() {
    world.network().addPod("old6", 8);
    try (PythonServer server =
        world.network().pythonServer("old6", World.TELLING_SERVER, "::", "8092", "1")) {
      assertThat(server).isNotNull();
      world.mesh().enrol("old6", TestNetwork.addresses(8));
      assertThat(ask("x", "fd88::8", 8092)[1]).startsWith("fd88::3:");
      assertThat(refused("x", "10.88.0.8", 8092)).isEqualTo("ECONNREFUSED");
    }
  }

  @Test
  void rescanKeepsWhatListens() {
    try (PythonServer server = serve("0.0.0.0", 8090)) {
      assertThat(server).isNotNull();
      world.mesh().pod("b").datapath().rescanListeners();
      assertThat(ask("x", "10.88.0.2", 8090)[1]).startsWith("10.88.0.3:");
    }
    assertThat(refused("x", "10.88.0.2", 8090)).as("not counted twice").isEqualTo("ECONNREFUSED");
  }

  @Test
  void serverThatListensWithoutBindIsFoundByTheNextScan() {
    try (PythonServer server =
        world
            .network()
            .pythonServer(
                "b",
                """
                s = socket.socket(); s.listen(9); s.settimeout(None); print('ready')
                print(s.getsockname()[1])
                while True:
                  c, a = s.accept(); c.sendall((show(a) + '\\n').encode()); c.close()
                """)) {
      int port = Integer.parseInt(server.line());
      assertThat(ask("x", "10.88.0.2", port)[1]).as("direct").startsWith("10.88.0.3:");
      world.mesh().pod("b").datapath().rescanListeners();
      List<String> seen = world.seenDuring("b", () -> ask("x", "10.88.0.2", port));
      assertThat(seen).hasSize(1);
    }
  }

  @Test
  void listenersOfTheProxyCannotBeReachedFromOutsideNorLoopFromInside() {
    PodListeners own = world.mesh().pod("b").proxy().listeners();
    long steered =
        world.growth(
            Counter.INBOUND_STEERED,
            () -> {
              assertThat(refused("x", "10.88.0.2", own.outPort4())).isEqualTo("ECONNREFUSED");
              assertThat(refused("x", "fd88::2", own.outPorts6().get(0))).isEqualTo("ECONNREFUSED");
              assertThat(refused("b", "10.88.0.2", own.outPort4())).isEqualTo("ECONNREFUSED");
              assertThat(refused("b", "fd88::2", own.outPorts6().get(0))).isEqualTo("ECONNREFUSED");
            });
    assertThat(steered).isZero();
    List<String> seen =
        world.seenDuring(
            "b",
            () -> {
              assertThat(refused("b", "127.0.0.1", own.outPort4())).isEqualTo("ECONNRESET");
              assertThat(refused("b", "127.9.9.9", own.outPort4())).isEqualTo("ECONNRESET");
              assertThat(refused("b", "::1", own.outPorts6().get(0))).isEqualTo("ECONNRESET");
            });
    assertThat(seen).hasSize(3).allMatch(line -> line.endsWith("-> nobody"));
  }

  @Test
  void acceptWithoutDelayStillSeesTheTrueClient() {
    try (PythonServer server =
        world
            .network()
            .pythonServer(
                "b",
                """
                import threading
                s = socket.create_server(('0.0.0.0', 8091), backlog=500); s.settimeout(None)
                def loop():
                  while True:
                    c, a = s.accept(); c.sendall((a[0] + '\\n').encode()); c.close()
                for _ in range(4): threading.Thread(target=loop, daemon=True).start()
                print('ready'); time.sleep(60)
                """)) {
      assertThat(server).isNotNull();
      long before = world.mesh().count(Counter.PENDING_LEFTOVER);
      assertThat(
              world.python(
                  "x",
                  """
                  import collections
                  seen = collections.Counter()
                  for _ in range(20):
                    batch = [socket.create_connection(('10.88.0.2', 8091)) for _ in range(50)]
                    for c in batch: seen[c.makefile().readline().strip()] += 1; c.close()
                  print(dict(seen))
                  """))
          .isEqualTo("{'10.88.0.3': 1000}");
      assertThat(world.mesh().count(Counter.PENDING_LEFTOVER) - before)
          .as("what was under way is forgotten at accept, not at the end of the connection")
          .isLessThan(500);
    }
  }
}
