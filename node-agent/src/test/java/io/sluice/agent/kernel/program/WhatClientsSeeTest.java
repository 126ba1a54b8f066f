package io.sluice.agent.kernel.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.kernel.abi.Counter;
import io.sluice.agent.testbed.NeedsRoot;
import io.sluice.agent.testbed.TestNetwork;
import io.sluice.agent.testbed.TestProxy;
import io.sluice.agent.testbed.World;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What an app in an enrolled pod sees when it dials. Each test is a line of
 * docs/what-the-app-sees.md.
 */
@NeedsRoot
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WhatClientsSeeTest {
  private static final String TALK =
      """
      def talk(c):
        told = c.makefile().readline().split()
        print(show(c.getpeername()), c.getsockname()[0], told[0].rsplit(':', 1)[0])
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

  private String run(String script, String... arguments) {
    return world.python("a", TALK + script, arguments);
  }

  @Test
  void ip4ShowsWhatWasDialledAndThePodsOwnAddress() {
    List<String> seen =
        world.seenDuring(
            "a",
            () ->
                assertThat(run("talk(socket.create_connection(('10.88.0.3', 8080)))"))
                    .isEqualTo("10.88.0.3:8080 10.88.0.1 ::ffff:10.88.0.1"));
    assertThat(seen).hasSize(1).first().asString().endsWith("-> 10.88.0.3:8080");
  }

  @Test
  void mappedShowsMappedAddresses() {
    long grown =
        world.growth(
            Counter.REDIRECTED_MAPPED,
            () ->
                assertThat(
                        run(
                            """
                            c = socket.socket(socket.AF_INET6)
                            c.connect(('::ffff:10.88.0.3', 8080)); talk(c)
                            """))
                    .isEqualTo("::ffff:10.88.0.3:8080 ::ffff:10.88.0.1 ::ffff:10.88.0.1"));
    assertThat(grown).isEqualTo(1);
  }

  @Test
  void nativeIp6ShowsWhatWasDialledAndThePodsOwnAddress() {
    List<String> seen =
        world.seenDuring(
            "a",
            () ->
                assertThat(run("talk(socket.create_connection(('fd88::3', 8080)))"))
                    .isEqualTo("fd88::3:8080 fd88::1 fd88::1"));
    assertThat(seen).hasSize(1);
  }

  @Test
  void nativeIp6OfPodWithoutIp6GoesDirectAndFailsAsWithoutMesh() {
    long grown =
        world.growth(
            Counter.LETGO_NO_IP6,
            () ->
                assertThat(
                        world.python(
                            "c",
                            """
                            c = socket.socket(socket.AF_INET6)
                            print(errno.errorcode[c.connect_ex(('2001:db8::1', 80))])
                            """))
                    .isEqualTo("ENETUNREACH"));
    assertThat(grown).isEqualTo(1);
  }

  @Test
  void happyEyeballsFallsBackToIp4InPodWithoutIp6() {
    assertThat(
            world.python(
                "c",
                """
                got = None
                for fam, to in ((socket.AF_INET6, '2001:db8::1'), (socket.AF_INET, '10.88.0.3')):
                  c = socket.socket(fam)
                  if c.connect_ex((to, 8080)) == 0: got = show(c.getpeername()); break
                print(got)
                """))
        .isEqualTo("10.88.0.3:8080");
  }

  @Test
  void refusedConnectSucceedsAndIsThenReset() {
    assertThat(
            run(
                """
                try: print(socket.create_connection(('10.88.0.3', 9)).recv(1))
                except OSError as e: print(errno.errorcode[e.errno])
                """))
        .isEqualTo("ECONNRESET");
  }

  @Test
  void nonBlockingConnectIsInProgressThenDone() {
    assertThat(
            run(
                """
                c = socket.socket(); c.setblocking(False)
                first = errno.errorcode.get(c.connect_ex(('10.88.0.3', 8080)))
                select.select([], [c], [], 5)
                print(first, c.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), show(c.getpeername()))
                """))
        .isEqualTo("EINPROGRESS 0 10.88.0.3:8080");
  }

  @Test
  void portBoundBeforeConnectStaysAndServesManyDestinations() {
    assertThat(
            run(
                """
                def dial(to):
                  c = socket.socket(); c.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                  c.bind(('10.88.0.1', 5555)); c.connect((to, 8080)); return c
                c, d = dial('10.88.0.3'), dial('10.88.0.33')
                print(show(c.getsockname()), show(c.getpeername()), show(d.getpeername()))
                """))
        .isEqualTo("10.88.0.1:5555 10.88.0.3:8080 10.88.0.33:8080");
  }

  @Test
  void portBoundBeforeConnectStaysWithIp6() {
    assertThat(
            run(
                """
                c = socket.socket(socket.AF_INET6); c.bind(('fd88::1', 5556))
                c.connect(('fd88::3', 8080)); print(show(c.getsockname()), show(c.getpeername()))
                """))
        .isEqualTo("fd88::1:5556 fd88::3:8080");
  }

  @Test
  void socketBoundToDeviceGoesDirect() {
    List<String> seen =
        world.seenDuring(
            "a",
            () ->
                assertThat(
                        run(
                            """
                            c = socket.socket()
                            c.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'eth0')
                            c.connect(('10.88.0.3', 8080)); talk(c)
                            """))
                    .isEqualTo("10.88.0.3:8080 10.88.0.1 ::ffff:10.88.0.1"));
    assertThat(seen).isEmpty();
    assertThat(world.mesh().count(Counter.LETGO_BOUND_DEVICE)).isPositive();
  }

  @Test
  void markOnAnAppsSocketExemptsNothing() {
    List<String> seen =
        world.seenDuring(
            "a",
            () ->
                run(
                    """
                    c = socket.socket(); c.setsockopt(socket.SOL_SOCKET, 36, 0x539)
                    c.connect(('10.88.0.3', 8080)); talk(c)
                    """));
    assertThat(seen).hasSize(1);
  }

  @Test
  void mptcpClientGoesThroughTheProxyAndSeesTrueAddresses() {
    List<String> seen =
        world.seenDuring(
            "a",
            () -> {
              assertThat(
                      run(
                          """
                          c = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
                          c.connect(('10.88.0.3', 8080)); talk(c)
                          """))
                  .isEqualTo("10.88.0.3:8080 10.88.0.1 ::ffff:10.88.0.1");
              assertThat(
                      run(
                          """
                          c = socket.socket(socket.AF_INET6, socket.SOCK_STREAM, 262)
                          c.connect(('fd88::3', 8080)); talk(c)
                          """))
                  .isEqualTo("fd88::3:8080 fd88::1 fd88::1");
            });
    assertThat(seen).hasSize(2);
  }

  @Test
  void fastOpenWorks() {
    List<String> seen =
        world.seenDuring(
            "a",
            () -> {
              assertThat(
                      run(
                          """
                          c = socket.socket(); c.settimeout(None)
                          c.sendto(b'hello', 0x20000000, ('10.88.0.3', 8080)); talk(c)
                          """))
                  .isEqualTo("10.88.0.3:8080 10.88.0.1 ::ffff:10.88.0.1");
              assertThat(
                      run(
                          """
                          c = socket.socket(); c.setsockopt(socket.IPPROTO_TCP, 30, 1)
                          c.connect(('10.88.0.3', 8080)); c.send(b'hello'); talk(c)
                          """))
                  .isEqualTo("10.88.0.3:8080 10.88.0.1 ::ffff:10.88.0.1");
            });
    assertThat(seen).hasSize(2);
  }

  @Test
  void udpGoesDirect() {
    world
        .network()
        .pythonServer(
            "x",
            """
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('0.0.0.0', 5353))
            s.settimeout(None); print('ready')
            while True:
              d, a = s.recvfrom(99); s.sendto(show(a).encode(), a)
            """);
    long grown =
        world.growth(
            Counter.LETGO_NOT_TCP,
            () ->
                assertThat(
                        run(
                            """
                            c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                            c.connect(('10.88.0.3', 5353)); c.send(b'?')
                            print(c.recv(99).decode() == show(c.getsockname()))
                            """))
                    .isEqualTo("True"));
    assertThat(grown).isEqualTo(1);
  }

  @Test
  void reconnectedSocketForgetsWhatItDialledBefore() {
    assertThat(
            run(
                """
                import ctypes
                s = socket.create_server(('127.0.0.1', 7070))
                c = socket.socket(); c.connect(('10.88.0.3', 8080)); first = show(c.getpeername())
                ctypes.CDLL(None).connect(c.fileno(), bytes(16), 16)  # AF_UNSPEC
                c.connect(('127.0.0.1', 7070)); print(first, show(c.getpeername()), c.getsockname()[0])
                """))
        .isEqualTo("10.88.0.3:8080 127.0.0.1:7070 127.0.0.1");
  }

  @Test
  void localhostGoesDirect() {
    assertDirect("127.0.0.1", "127.0.0.1", Counter.LETGO_LOOPBACK);
    assertDirect("::1", "::1", Counter.LETGO_LOOPBACK);
    assertDirect("::ffff:127.0.0.1", "::ffff:127.0.0.1", Counter.LETGO_LOOPBACK);
  }

  @Test
  void unspecifiedAddressMeansTheOwnPodAndGoesDirect() {
    assertDirect("0.0.0.0", "127.0.0.1", Counter.LETGO_UNSPECIFIED);
    assertDirect("::", "::1", Counter.LETGO_UNSPECIFIED);
  }

  private void assertDirect(String dialled, String shown, Counter why) {
    List<String> seen =
        world.seenDuring(
            "a",
            () ->
                assertThat(
                        world.growth(
                            why,
                            () ->
                                assertThat(
                                        run(
                                            """
                                            to = sys.argv[1]; six = ':' in to
                                            s = socket.create_server(('::', 7071), family=socket.AF_INET6, dualstack_ipv6=True)
                                            c = socket.socket(socket.AF_INET6 if six else socket.AF_INET)
                                            c.connect((to, 7071)); print(c.getpeername()[0])
                                            """,
                                            dialled))
                                    .isEqualTo(shown)))
                    .isEqualTo(1));
    assertThat(seen).isEmpty();
  }

  @Test
  void metadataAddressGoesDirect() {
    long grown =
        world.growth(
            Counter.LETGO_LINK_LOCAL,
            () ->
                assertThat(run("talk(socket.create_connection(('169.254.169.254', 8080)))"))
                    .isEqualTo("169.254.169.254:8080 10.88.0.1 ::ffff:10.88.0.1"));
    assertThat(grown).isEqualTo(1);
  }

  @Test
  void multicastAndLinkLocalIp6AreNeverCaught() {
    assertNeverCaught("224.0.0.1", Counter.LETGO_MULTICAST);
    assertNeverCaught("240.0.0.1", Counter.LETGO_MULTICAST);
    assertNeverCaught("ff0e::1", Counter.LETGO_MULTICAST);
    assertNeverCaught("::ffff:224.0.0.1", Counter.LETGO_MULTICAST);
    assertNeverCaught("0.1.2.3", Counter.LETGO_UNSPECIFIED);
    assertNeverCaught("::ffff:0.1.2.3", Counter.LETGO_UNSPECIFIED);
    assertNeverCaught("169.254.9.9", Counter.LETGO_LINK_LOCAL);
    assertNeverCaught("::ffff:169.254.9.9", Counter.LETGO_LINK_LOCAL);
    assertThat(
            world.growth(
                Counter.LETGO_LINK_LOCAL,
                () ->
                    run(
                        """
                        c = socket.socket(socket.AF_INET6); c.settimeout(0.1)
                        c.connect_ex(('fe80::1', 80, 0, socket.if_nametoindex('eth0')))
                        """)))
        .isEqualTo(1);
  }

  private void assertNeverCaught(String address, Counter why) {
    long grown =
        world.growth(
            why,
            () ->
                run(
                    """
                    to = sys.argv[1]; c = socket.socket(socket.AF_INET6 if ':' in to else socket.AF_INET)
                    c.settimeout(0.1); c.connect_ex((to, 80))
                    """,
                    address));
    assertThat(grown).as(address).isEqualTo(1);
  }

  @Test
  void ownAddressOfThePodReachesTheOwnApp() {
    List<String> seen =
        world.seenDuring(
            "a",
            () ->
                assertThat(
                        run(
                            """
                            s = socket.create_server(('0.0.0.0', 7072)); c = socket.create_connection(('10.88.0.1', 7072))
                            d, a = s.accept(); c.sendall(b'x'); print(show(c.getpeername()), a[0], d.recv(1).decode())
                            """))
                    .isEqualTo("10.88.0.1:7072 10.88.0.1 x"));
    assertThat(seen).as("not once more on the way in").singleElement().asString().startsWith("out");
  }

  @Test
  void halfCloseReachesTheServer() {
    assertThat(
            run(
                """
                c = socket.create_connection(('10.88.0.3', 8080)); f = c.makefile()
                f.readline(); c.sendall(b'bye'); c.shutdown(socket.SHUT_WR); print(f.read())
                """))
        .isEqualTo("bye");
  }

  @Test
  void oneSourcePortReachesAsManyDestinationsAsItLikes() {
    assertThat(
            world.python(
                "c",
                """
                ports_taken = 0
                for port in range(8000, 8200):
                  c = socket.socket(); c.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                  c.bind(('', 5557))
                  e = c.connect_ex(('10.88.0.3', port))
                  ports_taken += e in (errno.EADDRINUSE, errno.EADDRNOTAVAIL)
                  c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); c.close()
                print(ports_taken)
                """))
        .isEqualTo("0");
  }

  @Test
  void destinationsAreSpreadOverLoopbackAddressesAndPorts() {
    world.network().addPod("spread", 9);
    TestProxy proxy = world.mesh().enrol("spread", TestNetwork.addresses(9)).proxy();
    world.python(
        "spread",
        """
        for to in ('10.88.0.3', 'fd88::3'):
          for port in range(1, 301):
            c = socket.socket(socket.AF_INET6 if ':' in to else socket.AF_INET)
            c.connect_ex((to, port)); c.close()
        """);
    TestNetwork.await("600 connections arrive", () -> proxy.arrivedAt().size() == 600);
    assertThat(proxy.arrivedAt())
        .filteredOn(at -> at.getAddress() instanceof Inet4Address)
        .extracting(at -> at.getAddress().getAddress())
        .allMatch(ip -> ip[0] == 127 && ip[3] != 0 && ip[3] != 1 && ip[3] != -1)
        .extracting(Arrays::hashCode)
        .satisfies(all -> assertThat(new HashSet<>(all)).hasSizeGreaterThan(290));
    assertThat(proxy.arrivedAt())
        .filteredOn(at -> at.getAddress() instanceof Inet6Address)
        .extracting(InetSocketAddress::getPort)
        .containsAll(proxy.listeners().outPorts6());
  }
}
