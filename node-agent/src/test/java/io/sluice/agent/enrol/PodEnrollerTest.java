package io.sluice.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.agent.enrol.Enroller.Attempt;
import io.sluice.agent.kernel.program.AttachedDatapath;
import io.sluice.agent.kernel.program.DatapathSpec;
import io.sluice.agent.netns.HomeNamespace;
import io.sluice.agent.testbed.NeedsRoot;
import io.sluice.agent.testbed.TestNetwork;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.workload.MeshPod;
import io.sluice.proxy.Proxy;
import io.sluice.proxy.ProxySettings;
import io.sluice.proxy.doors.OwnSockets;
import io.sluice.proxy.telemetry.PrometheusTelemetry;
import io.sluice.proxy.telemetry.TelemetryLimits;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pods that can't be enrolled, on the real machine: why, and that nothing of the attempt is left.
 */
@NeedsRoot
class PodEnrollerTest {

  private static final OwnSockets NO_OWN_SOCKETS =
      new OwnSockets() {
        @Override
        public void exempt(int fd) {}

        @Override
        public void exemptStraight(int fd) {}

        @Override
        public boolean wentStraight(int fd) {
          return false;
        }

        @Override
        public void exemptShowing(int fd, InetSocketAddress trueClient) {}
      };

  @TempDir Path directory;
  private TestNetwork network;
  private HomeNamespace home;
  private AttachedDatapath datapath;
  private Proxy proxy;
  private final PodsByAddress byAddress = new PodsByAddress();
  private PodEnroller enroller;

  @BeforeEach
  void start() {
    network = TestNetwork.create("a");
    home = HomeNamespace.ofThisThread();
    datapath = DatapathSpec.embedded(directory).load().attach(network.cgroup());
    proxy =
        Proxy.start(
            ProxySettings.defaults(),
            new RouteTables(),
            datapath.originalDestinations()::of,
            NO_OWN_SOCKETS,
            byAddress,
            PrometheusTelemetry.register(
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                TelemetryLimits.DEFAULT,
                System::nanoTime,
                "test"));
    enroller = new PodEnroller(home, datapath, proxy, byAddress);
  }

  @AfterEach
  void stop() {
    proxy.close();
    datapath.close();
    home.close();
    network.close();
  }

  @Test
  void aFileThatIsNoNamespace() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    assertThat(refusal(pod("x", file))).contains(file + " is no network namespace");
  }

  @Test
  void theAgentsOwnNamespace() {
    assertThat(refusal(pod("x", Path.of("/proc/self/ns/net"))))
        .contains("is the network namespace of the agent itself");
  }

  @Test
  void aNamespaceThatIsTakenIsFreeAgainWhenItsPodIsClosed() {
    Path path = network.path("a");
    EnrolledPod first = taken(pod("first", path));
    assertThat(first.addresses()).contains(TestNetwork.ip4(1), TestNetwork.ip6(1));
    assertThat(refusal(pod("second", path))).contains("is taken by pod uid-first");

    first.close();

    taken(pod("second", path)).close();
  }

  @Test
  void anAddressThatALivePodHasIsNotTakenFromIt() {
    EnrolledPod first = taken(pod("first", network.path("a")));
    network.addPod("b", 2);
    TestNetwork.ip("-n", network.fullName("b"), "addr", "add", "10.88.0.1/32", "dev", "lo");

    assertThat(refusal(pod("second", network.path("b"))))
        .contains("10.88.0.1 is pod uid-first's, too");

    network.deletePod("a");
    taken(pod("second", network.path("b"))).close();
    first.close();
  }

  @Test
  void anAddressThatComesLaterAndIsAnotherPodsIsLeftToThatOne() {
    EnrolledPod first = taken(pod("first", network.path("a")));
    network.addPod("b", 2);
    EnrolledPod second = taken(pod("second", network.path("b")));
    TestNetwork.ip("-n", network.fullName("b"), "addr", "add", "10.88.0.1/32", "dev", "lo");
    TestNetwork.ip("-n", network.fullName("b"), "addr", "add", "10.88.0.22/24", "dev", "eth0");

    second.rescan();

    assertThat(second.addresses())
        .contains(TestNetwork.ip4(2), TestNetwork.ip4(22))
        .doesNotContain(TestNetwork.ip4(1));
    first.stopSteering();
    second.rescan();
    assertThat(second.addresses()).contains(TestNetwork.ip4(1));
    second.close();
    first.close();
  }

  @Test
  void aNamespaceWithoutAnAddress() {
    TestNetwork.ip(
        "-n", network.path("a").getFileName().toString(), "addr", "flush", "dev", "eth0");

    assertThat(refusal(pod("x", network.path("a")))).contains("has no address");
  }

  @Test
  void absenceIsExplained() {
    assertThat(enroller.absence("/run/netns/sluice-t-nowhere"))
        .isEqualTo("/run/netns/sluice-t-nowhere is not there yet");
    assertThat(enroller.namespaceAt("/run/netns/sluice-t-nowhere")).isEmpty();
    assertThat(enroller.absence(directory.toString())).contains("is no network namespace");
    assertThat(enroller.namespaceAt(directory.toString())).isEmpty();
  }

  private EnrolledPod taken(MeshPod pod) {
    Attempt attempt = enroller.enrol(pod, () -> {});
    assertThat(attempt).isInstanceOf(Attempt.Taken.class);
    return ((Attempt.Taken) attempt).pod();
  }

  private String refusal(MeshPod pod) {
    Attempt attempt = enroller.enrol(pod, () -> {});
    assertThat(attempt).isInstanceOf(Attempt.Refused.class);
    return ((Attempt.Refused) attempt).reason();
  }

  private static MeshPod pod(String name, Path netns) {
    MeshPod made = FakeEnroller.pod(name);
    return new MeshPod(made.uid(), made.workload(), netns.toString(), List.of());
  }
}
