package io.sluice.proxy.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.TcpOptions;
import io.sluice.proxy.fault.ResponseFlag;
import io.sluice.proxy.testkit.Clusters;
import io.sluice.proxy.testkit.DeadPort;
import io.sluice.proxy.testkit.Eventually;
import io.sluice.proxy.testkit.LeakWatch;
import io.sluice.proxy.testkit.Loops;
import io.sluice.proxy.testkit.ScriptedServer;
import io.sluice.proxy.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Peers that don't read, don't answer, or leave at a bad moment. */
@ExtendWith(LeakWatch.class)
@Timeout(60)
class TcpRelayAbuseTest {
  /** More than all buffers on the way together. */
  private static final int FLOOD_BYTES = 64 << 20;

  /** Netty reads no more at once. */
  private static final int READ_MAX = 64 << 10;

  private static final String END = "end";
  private static final String RESET = "reset";

  @ParameterizedTest
  @EnumSource
  void aServerThatResetsWhileItsClientDoesNotRead(Transport transport) throws Exception {
    try (Peer server = new Peer();
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      CompletableFuture<String> flood = flood(server.connection());
      stuck(bench.accepted.get(0));
      ScriptedServer.reset(server.connection());
      bench.endsWith(ResponseFlag.UPSTREAM_RESET);
      assertThat(endOf(client)).isEqualTo(RESET);
      flood.get(20, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatResetsWhileItsServerDoesNotRead(Transport transport) throws Exception {
    try (Peer server = new Peer();
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      CompletableFuture<String> flood = flood(client);
      held(bench);
      ScriptedServer.reset(client);
      bench.endsWith(ResponseFlag.DOWNSTREAM_CLOSED);
      assertThat(endOf(server.connection())).isEqualTo(RESET);
      flood.get(20, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatHasEndedAndThenResetsWhileItDoesNotRead(Transport transport) throws Exception {
    try (Peer server = new Peer();
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      client.shutdownOutput();
      assertThat(server.connection().getInputStream().read()).isEqualTo(-1);
      CompletableFuture<String> flood = flood(server.connection());
      stuck(bench.accepted.get(0));
      ScriptedServer.reset(client);
      bench.endsWith(ResponseFlag.DOWNSTREAM_CLOSED);
      assertThat(flood.get(20, TimeUnit.SECONDS)).isEqualTo(RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aServerThatHasEndedAndThenResetsWhileItDoesNotRead(Transport transport) throws Exception {
    try (Peer server = new Peer();
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      server.connection().shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      CompletableFuture<String> flood = flood(client);
      held(bench);
      ScriptedServer.reset(server.connection());
      bench.endsWith(ResponseFlag.UPSTREAM_RESET);
      assertThat(flood.get(20, TimeUnit.SECONDS)).isEqualTo(RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aServerThatHasEndedAndThenResetsWhileNothingMoves(Transport transport) throws Exception {
    try (Peer server = new Peer();
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      server.connection().shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      ScriptedServer.reset(server.connection());
      bench.endsWith(ResponseFlag.UPSTREAM_RESET);
      Eventually.until("the client learns of it", () -> writeFails(client));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aServerThatResetsAfterTheClientsEnd(Transport transport) throws Exception {
    try (Peer server = new Peer();
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      client.shutdownOutput();
      assertThat(server.connection().getInputStream().read()).isEqualTo(-1);
      ScriptedServer.reset(server.connection());
      bench.endsWith(ResponseFlag.NONE);
      assertThat(endOf(client)).isEqualTo(RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatResetsAfterTheServersEnd(Transport transport) throws Exception {
    try (Peer server = new Peer();
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      server.connection().shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      ScriptedServer.reset(client);
      bench.endsWith(ResponseFlag.NONE);
      assertThat(endOf(server.connection())).isEqualTo(RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aServerThatResetsBeforeItCouldTakeTheClientsEnd(Transport transport) throws Exception {
    try (Peer server = new Peer();
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      Socket reached = server.connection();
      fillUp(bench, client);
      client.shutdownOutput();
      ScriptedServer.reset(reached);
      bench.endsWith(ResponseFlag.UPSTREAM_RESET);
      assertThat(endOf(client)).isEqualTo(RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFaultOnTheWayToTheServerLeavesNothing(Transport transport) throws Exception {
    for (RelayBench.Fault fault : RelayBench.Fault.values()) {
      try (Peer server = new Peer();
          RelayBench bench =
              new RelayBench(
                  transport, Clusters.listed(server.address()), TcpSettings.DEFAULT, "held")) {
        bench.fault = Optional.of(fault);
        try (Socket client = bench.connect()) {
          assertThat(endOf(client)).isEqualTo(RESET);
          bench.endsWith(ResponseFlag.LOCAL_RESET);
          assertThat(bench.edge.received()).isEqualTo(4);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatEndsWhileItsServerDoesNotReadIsServedToItsLastByte(Transport transport)
      throws Exception {
    try (Peer server = new Peer();
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      CompletableFuture<String> flood = flood(client);
      held(bench);
      assertThat(server.connection().getInputStream().readNBytes(FLOOD_BYTES)).hasSize(FLOOD_BYTES);
      assertThat(flood.get(20, TimeUnit.SECONDS)).isEqualTo(END);
      client.shutdownOutput();
      assertThat(endOf(server.connection())).isEqualTo(END);
      server.connection().close();
      bench.endsWith(ResponseFlag.NONE);
      assertThat(bench.edge.received()).isEqualTo(FLOOD_BYTES);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatIsThroughIsNotTakenForDeadWhileItsLastBytesWait(Transport transport)
      throws Exception {
    try (Peer server = new Peer();
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      server.connection().shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      int sent = fillUp(bench, client);
      client.shutdownOutput();
      int read = 0;
      while (!((DuplexChannel) bench.accepted.get(0)).isInputShutdown()) {
        read += server.connection().getInputStream().readNBytes(READ_MAX / 2).length;
      }
      bench.ticks(5);
      read += server.connection().getInputStream().readAllBytes().length;
      assertThat(read).isEqualTo(sent);
      bench.endsWith(ResponseFlag.NONE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWaitsForAReaderThatNeverReadsIsBounded(Transport transport) throws Exception {
    try (Peer server = new Peer();
        RelayBench bench = bench(transport, server);
        Socket client = bench.connect()) {
      CompletableFuture<String> flood = flood(server.connection());
      CompletableFuture<String> floodBack = flood(client);
      stuck(bench.accepted.get(0));
      held(bench);
      Channel accepted = bench.accepted.get(0);
      assertThat(Loops.on(accepted.eventLoop(), () -> waiting(accepted)))
          .isLessThanOrEqualTo(TcpSettings.DEFAULT.bufferHighBytes() + READ_MAX);
      assertThat(flood).isNotDone();
      assertThat(floodBack).isNotDone();
      ScriptedServer.reset(client);
      ScriptedServer.reset(server.connection());
      CompletableFuture.allOf(flood, floodBack).get(20, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatAClientSendsBeforeThereIsAServerIsBounded(Transport transport) throws Exception {
    try (DeadPort dead = DeadPort.unanswering();
        RelayBench bench =
            new RelayBench(
                transport, Clusters.with(Clusters.listed(dead.address()), Duration.ofSeconds(1)));
        Socket client = bench.connect()) {
      CompletableFuture<String> flood = flood(client);
      assertThat(flood.get(20, TimeUnit.SECONDS)).isEqualTo(RESET);
      bench.endsWith(ResponseFlag.UPSTREAM_CONNECT_FAILED);
      assertThat(bench.edge.received()).isBetween(1L, 64L * 1024 + READ_MAX);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatEndedAndGetsNoAnswerIsIdleToo(Transport transport) throws Exception {
    try (Peer server = new Peer();
        RelayBench bench = idle(transport, server, Duration.ofMillis(200));
        Socket client = bench.connect()) {
      client.shutdownOutput();
      assertThat(server.connection().getInputStream().read()).isEqualTo(-1);
      bench.endsWith(ResponseFlag.NONE);
      assertThat(endOf(client)).isEqualTo(END);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReaderThatGotStuckIsNotToldThatItHasAll(Transport transport) throws Exception {
    try (Peer server = new Peer();
        RelayBench bench = idle(transport, server, Duration.ofSeconds(2));
        Socket client = bench.connect()) {
      CompletableFuture<String> flood = flood(server.connection());
      bench.endsWith(ResponseFlag.NONE);
      assertThat(endOf(client)).isEqualTo(RESET);
      assertThat(flood.get(20, TimeUnit.SECONDS)).isEqualTo(RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPodThatIsGoneIsAResetAtTheConnectTimeout(Transport transport) throws Exception {
    try (DeadPort silent = DeadPort.unanswering();
        RelayBench bench =
            new RelayBench(
                transport, Clusters.with(Clusters.originalDestination(), Duration.ofMillis(100)))) {
      bench.originalDestination = silent.address();
      try (Socket client = bench.connect()) {
        assertThat(endOf(client)).isEqualTo(RESET);
        bench.endsWith(ResponseFlag.UPSTREAM_CONNECT_FAILED);
        assertThat(bench.own.exempted()).as("dials").hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anAddressWithoutARouteIsAReset(Transport transport) throws Exception {
    try (RelayBench bench = new RelayBench(transport, Clusters.originalDestination())) {
      bench.originalDestination =
          new InetSocketAddress(InetAddress.ofLiteral("255.255.255.255"), 80);
      try (Socket client = bench.connect()) {
        assertThat(endOf(client)).isEqualTo(RESET);
        bench.endsWith(ResponseFlag.UPSTREAM_CONNECT_FAILED);
      }
    }
  }

  private static RelayBench bench(Transport transport, Peer server) {
    return new RelayBench(
        transport, Clusters.listed(server.address()), RelayBench.QUICK_REPORTS, "");
  }

  private static RelayBench idle(Transport transport, Peer server, Duration timeout) {
    Cluster cluster =
        Clusters.with(
            Clusters.listed(server.address()),
            new TcpOptions(Optional.of(timeout), Optional.empty()));
    return new RelayBench(transport, cluster, RelayBench.QUICK_REPORTS, "");
  }

  /** Waits until it takes no more. */
  private static void stuck(Channel channel) {
    Eventually.until("the relay is held back", () -> !channel.isWritable());
  }

  /** Waits until the client is not read any more, because the server takes no more. */
  private static void held(RelayBench bench) {
    Eventually.until(
        "the client is held back",
        () ->
            bench.edge.received() >= TcpSettings.DEFAULT.bufferHighBytes()
                && !bench.accepted.get(0).config().isAutoRead());
  }

  /** Sends until the client is held back, never more than the relay's socket can take. */
  private static int fillUp(RelayBench bench, Socket client) throws IOException {
    Channel accepted = bench.accepted.get(0);
    int sent = 0;
    do {
      // Little: what nobody reads must find room in the sockets' buffers, or this blocks.
      client.getOutputStream().write(new byte[READ_MAX]);
      sent += READ_MAX;
      int all = sent;
      Eventually.until(
          "the relay reads, or not any more",
          () -> bench.edge.received() == all || !accepted.config().isAutoRead());
      // Or only for a moment: a receiver's buffer may grow.
      bench.ticks(3);
    } while (bench.edge.received() == sent);
    return sent;
  }

  private static long waiting(Channel channel) {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  private static CompletableFuture<String> flood(Socket to) {
    CompletableFuture<String> end = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            to.getOutputStream().write(new byte[FLOOD_BYTES]);
            end.complete(END);
          } catch (IOException e) {
            end.complete(RESET);
          }
        });
    return end;
  }

  private static boolean writeFails(Socket to) {
    try {
      to.getOutputStream().write(1);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static String endOf(Socket connection) {
    try {
      byte[] buffer = new byte[1 << 16];
      int read = 0;
      while (read >= 0) {
        read = connection.getInputStream().read(buffer);
      }
      return END;
    } catch (IOException e) {
      return RESET;
    }
  }

  /** A server with one connection, that does nothing by itself. */
  private static final class Peer implements AutoCloseable {
    private final CompletableFuture<Socket> connection = new CompletableFuture<>();
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final ScriptedServer server =
        ScriptedServer.start(accepted -> {
          accepted.setSoTimeout((int) Eventually.LIMIT.toMillis());
          connection.complete(accepted);
          over.join();
        });

    InetSocketAddress address() {
      return server.address();
    }

    Socket connection() throws Exception {
      return connection.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      over.complete(null);
      server.close();
    }
  }
}
