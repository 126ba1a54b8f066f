package io.sluice.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.agent.enrol.Enroller.Attempt;
import io.sluice.agent.kernel.program.AttachedDatapath;
import io.sluice.agent.kernel.program.DatapathSpec;
import io.sluice.agent.netns.HomeNamespace;
import io.sluice.agent.netns.NetworkNamespace;
import io.sluice.agent.testbed.Footprint;
import io.sluice.agent.testbed.NeedsRoot;
import io.sluice.agent.testbed.TestNetwork;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.workload.MeshPod;
import io.sluice.proxy.Proxy;
import io.sluice.proxy.ProxySettings;
import io.sluice.proxy.doors.OwnSockets;
import io.sluice.proxy.telemetry.PrometheusTelemetry;
import io.sluice.proxy.telemetry.TelemetryLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pods come and go very often, with connections: nothing grows. Several at a time, for most of a
 * cycle is waiting for the kernel.
 */
@NeedsRoot
class CyclesTest {

  private static final int CYCLES = Integer.getInteger("sluice.churn.cycles", 1_000);
  private static final int PODS = Integer.getInteger("sluice.churn.cycling", 8);
  private static final int WARM_CYCLES = 40;

  /** Making a namespace anew takes much longer than all else. */
  private static final int NAMESPACE_ANEW_EVERY = 50;

  private static final int PORT = 8080;

  /** The processes that this test has started are remembered, too. */
  private static final long HEAP_GROWTH_MAX = 2L << 20;

  @TempDir Path directory;

  /** The same facts each time: of others telemetry caches some, at most a few MB. */
  private final Map<Integer, MeshPod> pods = new ConcurrentHashMap<>();

  private final Object networkChanges = new Object();
  private TestNetwork network;
  private HomeNamespace home;
  private AttachedDatapath datapath;
  private Proxy proxy;
  private final PodsByAddress byAddress = new PodsByAddress();
  private PodEnroller enroller;
  private NetworkNamespace world;
  private ServerSocketChannel server;

  @BeforeEach
  void start() throws IOException {
    List<String> names =
        new ArrayList<>(IntStream.rangeClosed(1, PODS).mapToObj(i -> "p" + i).toList());
    names.add("x");
    network = TestNetwork.create(names.toArray(String[]::new));
    home = HomeNamespace.ofThisThread();
    datapath = DatapathSpec.embedded(directory).load().attach(network.cgroup());
    proxy =
        Proxy.start(
            ProxySettings.defaults(),
            new RouteTables(),
            datapath.originalDestinations()::of,
            ownSockets(),
            byAddress,
            PrometheusTelemetry.register(
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                TelemetryLimits.DEFAULT,
                System::nanoTime,
                "test"));
    enroller = new PodEnroller(home, datapath, proxy, byAddress);
    world = home.open(network.path("x"));
    server = world.call(CyclesTest::newServer);
    server.bind(new InetSocketAddress("0.0.0.0", PORT));
    Thread.ofPlatform().daemon().start(this::serve);
  }

  private OwnSockets ownSockets() {
    return new OwnSockets() {
      @Override
      public void exempt(int fd) {
        datapath.ownSockets().exempt(fd);
      }

      @Override
      public void exemptStraight(int fd) {
        datapath.ownSockets().exemptStraight(fd);
      }

      @Override
      public boolean wentStraight(int fd) {
        return datapath.ownSockets().wentStraight(fd);
      }

      @Override
      public void exemptShowing(int fd, InetSocketAddress trueClient) {
        datapath.ownSockets().exemptShowing(fd, trueClient);
      }
    };
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    world.close();
    proxy.close();
    datapath.close();
    home.close();
    network.close();
  }

  @Test
  void podsComeAndGoVeryOften() {
    cycles(WARM_CYCLES);
    Footprint before = Footprint.of(ProcessHandle.current().pid());

    long start = System.nanoTime();
    cycles(CYCLES);

    double millis = (System.nanoTime() - start) / 1e6;
    Footprint after = Footprint.of(ProcessHandle.current().pid());
    System.out.printf(
        "%d cycles, %.1f ms for each; heap %d -> %d bytes, files %s, map entries %s%n",
        CYCLES,
        millis / CYCLES,
        before.heapBytes(),
        after.heapBytes(),
        after.files(),
        after.entries());
    assertThat(after.files()).isEqualTo(before.files());
    assertThat(after.entries()).isEqualTo(before.entries());
    assertThat(after.entries().values()).allMatch(entries -> entries == 0);
    assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 4);
    assertThat(after.heapBytes()).isLessThan(before.heapBytes() + HEAP_GROWTH_MAX);
    assertThat(List.of("SteeredPod", "PodListeners", "PodContext", "PodDatapath", "Holder"))
        .allSatisfy(each -> assertThat(after.live(each)).as(each).isZero());
    assertThat(after.live("EpollSocketChannel") + after.live("EpollServerSocketChannel")).isZero();
    assertThat(after.live("NetworkNamespace")).as("the server's").isEqualTo(1);
  }

  private void cycles(int count) {
    try (ExecutorService each = Executors.newFixedThreadPool(PODS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int pod = 1; pod <= PODS; pod++) {
        int number = pod;
        running.add(each.submit(() -> cyclesOf(number, count / PODS)));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Void cyclesOf(int pod, int count) throws IOException {
    for (int i = 1; i <= count; i++) {
      if ((i + pod) % NAMESPACE_ANEW_EVERY == 0) {
        namespaceIsMadeAnewWhileAConnectionRuns(pod);
      } else {
        switch (i % 3) {
          case 0 -> comesConnectsAndGoes(pod);
          case 1 -> goesWhileAConnectionRuns(pod);
          default -> comesBackAtOnce(pod);
        }
      }
    }
    return null;
  }

  private void comesConnectsAndGoes(int number) throws IOException {
    try (EnrolledPod pod = enrol(number)) {
      greet(number).close();
      pod.stopSteering();
      pod.drain(Duration.ZERO);
    }
  }

  private void goesWhileAConnectionRuns(int number) throws IOException {
    EnrolledPod pod = enrol(number);
    try (SocketChannel connection = greet(number)) {
      pod.close();
      assertCut(connection);
    }
  }

  private void comesBackAtOnce(int number) throws IOException {
    EnrolledPod old = enrol(number);
    try (SocketChannel connection = greet(number)) {
      old.close();
      try (EnrolledPod anew = enrol(number);
          SocketChannel second = greet(number)) {
        assertThat(anew.connections()).isEqualTo(1);
        assertThat(second.isConnected()).isTrue();
      }
      assertCut(connection);
    }
  }

  private void namespaceIsMadeAnewWhileAConnectionRuns(int number) throws IOException {
    EnrolledPod pod = enrol(number);
    try (SocketChannel connection = greet(number)) {
      synchronized (networkChanges) {
        network.deletePod("p" + number);
      }
      pod.close();
      assertCut(connection);
    }
    network.awaitFreed("p" + number);
    synchronized (networkChanges) {
      network.addPod("p" + number, number);
    }
  }

  private EnrolledPod enrol(int number) {
    Attempt attempt = enroller.enrol(pods.computeIfAbsent(number, this::pod), () -> {});
    assertThat(attempt).isInstanceOf(Attempt.Taken.class);
    return ((Attempt.Taken) attempt).pod();
  }

  private MeshPod pod(int number) {
    MeshPod made = FakeEnroller.pod("p" + number);
    return new MeshPod(made.uid(), made.workload(), path(number).toString(), List.of());
  }

  private Path path(int number) {
    return network.path("p" + number);
  }

  /** An app of the pod connects, through the proxy, and has read the greeting. */
  private SocketChannel greet(int number) throws IOException {
    SocketChannel connection;
    try (NetworkNamespace pod = home.open(path(number))) {
      connection = pod.call(CyclesTest::newSocket);
    }
    connection.connect(new InetSocketAddress(TestNetwork.ip4(PODS + 1), PORT));
    assertThat(connection.read(ByteBuffer.allocate(100))).isPositive();
    return connection;
  }

  private static void assertCut(SocketChannel connection) throws IOException {
    connection.socket().setSoTimeout(10_000);
    try {
      assertThat(connection.socket().getInputStream().read()).isEqualTo(-1);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection still runs", e);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  /** Greets, and holds the connection until its client ends it. */
  private void serve() {
    try {
      while (true) {
        SocketChannel connection = server.accept();
        connection.write(
            ByteBuffer.wrap("hello\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        Thread.ofVirtual().start(() -> untilTheEnd(connection));
      }
    } catch (IOException e) {
      System.out.println("no more greetings: " + e);
    }
  }

  private static void untilTheEnd(SocketChannel connection) {
    try (connection) {
      while (connection.read(ByteBuffer.allocate(100)) >= 0) {
        // nothing comes
      }
    } catch (IOException e) {
      // a reset is an end, too
    }
  }

  private static SocketChannel newSocket() {
    try {
      return SocketChannel.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerSocketChannel newServer() {
    try {
      return ServerSocketChannel.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
