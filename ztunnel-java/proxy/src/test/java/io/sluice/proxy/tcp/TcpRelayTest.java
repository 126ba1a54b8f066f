package io.sluice.proxy.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.testkit.Clusters;
import io.sluice.proxy.testkit.DeadPort;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.ScriptedServer;
import io.sluice.proxy.transport.Transport;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each side sees of the other what it would see without a proxy. */
@ExtendWith(LeakWatch.class)
class TcpRelayTest {

  @ParameterizedTest
  @EnumSource
  void bytesGoBothWaysAndAreCounted(Transport transport) throws IOException {
    try (ScriptedServer server = ScriptedServer.echo();
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      ScriptedServer.write(client.getOutputStream(), "hello");
      assertThat(client.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).isEmpty();
      bench.endsWith(ResponseFlag.NONE);
      assertThat(bench.edge.received()).isEqualTo(5);
      assertThat(bench.edge.sent()).isEqualTo(5);
      assertThat(bench.asked.get(0))
          .hasValueSatisfying(e -> assertThat(e.address()).isEqualTo(server.address()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatDetectionHasReadComesFirst(Transport transport) throws IOException {
    try (ScriptedServer server = ScriptedServer.echo();
        RelayBench bench =
            new RelayBench(
                transport, Clusters.listed(server.address()), TcpSettings.DEFAULT, "first ");
        Socket client = bench.connect()) {
      ScriptedServer.write(client.getOutputStream(), "second");
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("first second");
      bench.endsWith(ResponseFlag.NONE);
      assertThat(bench.edge.received()).isEqualTo(12);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theServerMaySpeakFirst(Transport transport) throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              ScriptedServer.write(connection.getOutputStream(), "220 ready\r\n");
              ScriptedServer.echo(connection);
            });
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      assertThat(client.getInputStream().readNBytes(11)).asString().isEqualTo("220 ready\r\n");
    }
  }

  @ParameterizedTest
  @EnumSource
  void theClientsEndReachesTheServerWhichMayStillAnswer(Transport transport) throws IOException {
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              byte[] all = connection.getInputStream().readAllBytes();
              ScriptedServer.write(connection.getOutputStream(), "got " + all.length);
            });
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      client.getOutputStream().write(new byte[100_000]);
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("got 100000");
      bench.endsWith(ResponseFlag.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatHasSentAllMayReadSlowly(Transport transport) throws IOException {
    int bytes = 16 << 20;
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              connection.getInputStream().readAllBytes();
              connection.getOutputStream().write(new byte[bytes]);
            });
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      client.shutdownOutput();
      assertThat(client.getInputStream().read()).isZero();
      // By now all buffers on the way are full, or will be.
      Eventually.until("the relay is held back", () -> !bench.accepted.get(0).isWritable());
      assertThat(client.getInputStream().readAllBytes()).hasSize(bytes - 1);
      bench.endsWith(ResponseFlag.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theServersEndReachesTheClientWhichMayStillSend(Transport transport) throws Exception {
    CompletableFuture<Integer> got = new CompletableFuture<>();
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              ScriptedServer.write(connection.getOutputStream(), "bye");
              connection.shutdownOutput();
              got.complete(connection.getInputStream().readAllBytes().length);
            });
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("bye");
      client.getOutputStream().write(new byte[100_000]);
      client.shutdownOutput();
      assertThat(got.get(20, TimeUnit.SECONDS)).isEqualTo(100_000);
      bench.endsWith(ResponseFlag.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResetByTheServerIsAResetForTheClient(Transport transport) throws IOException {
    try (ScriptedServer server = ScriptedServer.start(TcpRelayTest::resetAfterOneByte);
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      ScriptedServer.write(client.getOutputStream(), "x");
      assertReset(client);
      bench.endsWith(ResponseFlag.UPSTREAM_RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResetByTheClientIsAResetForTheServer(Transport transport) throws IOException {
    List<String> ends = new CopyOnWriteArrayList<>();
    try (ScriptedServer server = ScriptedServer.start(connection -> ends.add(endOf(connection)));
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      ScriptedServer.write(client.getOutputStream(), "x");
      Eventually.until("they are coupled", () -> bench.asked.size() == 1);
      ScriptedServer.reset(client);
      Eventually.passes(() -> assertThat(ends).containsExactly("reset"));
      bench.endsWith(ResponseFlag.DOWNSTREAM_CLOSED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResetAfterTheClientsEndIsSeenWhileTheServerIsSilent(Transport transport)
      throws IOException {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    CompletableFuture<Void> over = new CompletableFuture<>();
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              connection.getInputStream().readAllBytes();
              ended.complete(null);
              over.join();
            });
        RelayBench bench = quick(transport, server);
        Socket client = bench.connect()) {
      client.shutdownOutput();
      ended.join();
      ScriptedServer.reset(client);
      bench.endsWith(ResponseFlag.DOWNSTREAM_CLOSED);
      over.complete(null);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRefusalIsAResetForTheClient(Transport transport) throws IOException {
    try (DeadPort dead = DeadPort.refusing();
        RelayBench bench = new RelayBench(transport, Clusters.listed(dead.address()));
        Socket client = bench.connect()) {
      assertReset(client);
      bench.endsWith(ResponseFlag.UPSTREAM_CONNECT_FAILED);
      assertThat(bench.asked.get(0)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutEndpointsTheClientIsReset(Transport transport) throws IOException {
    try (RelayBench bench =
            new RelayBench(transport, Clusters.listed(), TcpSettings.DEFAULT, "some bytes");
        Socket client = bench.connect()) {
      assertReset(client);
      bench.endsWith(ResponseFlag.NO_HEALTHY_ENDPOINT);
      assertThat(bench.edge.received()).isEqualTo(10);
    }
  }

  @ParameterizedTest
  @EnumSource
  void silenceIsAResetAtTheConnectTimeout(Transport transport) throws IOException {
    try (DeadPort dead = DeadPort.unanswering();
        RelayBench bench =
            new RelayBench(
                transport, Clusters.with(Clusters.listed(dead.address()), Duration.ofMillis(100)));
        Socket client = bench.connect()) {
      assertReset(client);
      bench.endsWith(ResponseFlag.UPSTREAM_CONNECT_FAILED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatResetsWhileItIsDialledForEndsTheDial(Transport transport) throws IOException {
    try (DeadPort dead = DeadPort.unanswering();
        RelayBench bench =
            new RelayBench(
                transport, Clusters.listed(dead.address()), RelayBench.QUICK_REPORTS, "");
        Socket client = bench.connect()) {
      Eventually.until("it is accepted", () -> !bench.accepted.isEmpty());
      ScriptedServer.write(client.getOutputStream(), "early");
      ScriptedServer.reset(client);
      bench.endsWith(ResponseFlag.DOWNSTREAM_CLOSED);
      assertThat(bench.asked.get(0)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatEndsItsHalfBeforeTheServerIsThereIsServed(Transport transport)
      throws IOException {
    try (ScriptedServer server = ScriptedServer.echo();
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      ScriptedServer.write(client.getOutputStream(), "all of it");
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("all of it");
      bench.endsWith(ResponseFlag.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whenThePodGoesBothSidesAreReset(Transport transport) throws Exception {
    List<String> ends = new CopyOnWriteArrayList<>();
    try (ScriptedServer server = ScriptedServer.start(connection -> ends.add(endOf(connection)));
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      ScriptedServer.write(client.getOutputStream(), "x");
      Eventually.until("they are coupled", () -> bench.asked.size() == 1);
      bench.upstreams.closePod(bench.pod).get(20, TimeUnit.SECONDS);
      assertReset(client);
      Eventually.passes(() -> assertThat(ends).containsExactly("reset"));
      bench.endsWith(ResponseFlag.LOCAL_RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void bytesAreReportedWhileTheConnectionIsOpen(Transport transport) throws IOException {
    try (ScriptedServer server = ScriptedServer.echo();
        RelayBench bench =
            new RelayBench(
                transport, Clusters.listed(server.address()), RelayBench.QUICK_REPORTS, "");
        Socket client = bench.connect()) {
      ScriptedServer.write(client.getOutputStream(), "abc");
      Eventually.passes(() -> assertThat(bench.edge.received()).isEqualTo(3));
      Eventually.passes(() -> assertThat(bench.edge.sent()).isEqualTo(3));
      assertThat(bench.edge.closedWith()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionOnWhichNothingMovesIsClosed(Transport transport) throws IOException {
    try (ScriptedServer server = ScriptedServer.silent();
        RelayBench bench =
            new RelayBench(
                transport,
                idleAfter(Duration.ofMillis(50), server),
                RelayBench.reporting(Duration.ofMillis(10)),
                "");
        Socket client = bench.connect()) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      bench.endsWith(ResponseFlag.NONE);
      Eventually.until("the server sees the end", () -> server.open() == 0);
    }
  }

  private static Cluster idleAfter(Duration timeout, ScriptedServer server) {
    return Clusters.with(
        Clusters.listed(server.address()), new TcpOptions(Optional.of(timeout), Optional.empty()));
  }

  private static RelayBench bench(Transport transport, ScriptedServer server) {
    return new RelayBench(transport, Clusters.listed(server.address()));
  }

  private static RelayBench quick(Transport transport, ScriptedServer server) {
    return new RelayBench(
        transport, Clusters.listed(server.address()), RelayBench.QUICK_REPORTS, "");
  }

  private static void assertReset(Socket client) {
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  private static void resetAfterOneByte(Socket connection) throws IOException {
    connection.getInputStream().read();
    ScriptedServer.reset(connection);
  }

  private static String endOf(Socket connection) {
    try {
      connection.getInputStream().readAllBytes();
      return "end";
    } catch (IOException e) {
      return "reset";
    }
  }
}
