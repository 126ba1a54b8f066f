package io.sluice.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.sluice.agent.netns.HomeNamespace;
import io.sluice.agent.netns.NetworkNamespace;
import io.sluice.agent.testbed.NeedsRoot;
import io.sluice.agent.testbed.TestNetwork;
import io.sluice.mesh.service.Cluster;
import io.sluice.mesh.service.ClusterId;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.LoadBalancer;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.doors.OwnSockets;
import io.sluice.proxy.intercept.Direction;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.intercept.PodContext;
import io.sluice.proxy.transport.Transport;
import io.sluice.proxy.upstream.Acquired;
import io.sluice.proxy.upstream.PooledUpstreams;
import io.sluice.proxy.upstream.StraightWay;
import io.sluice.proxy.upstream.UpstreamSettings;
import io.sluice.proxy.upstream.UpstreamTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each pod sees names as its own resolv.conf has it, through its own network namespace.
 *
 * <pre>
 *   a   a DNS server on its loopback, which only a can reach: x is 10.88.0.1
 *   b   one on 10.88.0.2, which a could reach, too: x is 10.88.0.2
 * </pre>
 */
@NeedsRoot
class NamesInNamespacesTest {
  private static final String NAME = "x.example.com";

  /** Answers A with the address it is given; over UDP only as far as it may: argv[3]. */
  private static final String DNS_SERVER =
      """
      import threading
      def answer(q, short):
        end = q.index(0, 12) + 5
        kind = struct.unpack('>H', q[end-4:end-2])[0]
        flags = 0x8180 | (0x0200 if short else 0)
        n = 1 if kind == 1 and not short else 0
        r = struct.pack('>HHHHHH', struct.unpack('>H', q[:2])[0], flags, 1, n, 0, 0) + q[12:end]
        if n: r += struct.pack('>HHHIH', 0xc00c, 1, 1, 60, 4) + socket.inet_aton(sys.argv[2])
        return r
      u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.settimeout(None)
      u.bind((sys.argv[1], 53))
      t = socket.socket(); t.settimeout(None); t.bind((sys.argv[1], 53)); t.listen(9)
      def tcp():
        while True:
          c, _ = t.accept()
          n = struct.unpack('>H', c.recv(2))[0]
          r = answer(c.recv(n), False)
          c.sendall(struct.pack('>H', len(r)) + r); c.close()
      threading.Thread(target=tcp, daemon=True).start()
      print('ready')
      while True:
        q, who = u.recvfrom(4096)
        u.sendto(answer(q, sys.argv[3] == 'short'), who)
      """;

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

  @TempDir private Path etc;
  private TestNetwork network;
  private HomeNamespace home;
  private MultiThreadIoEventLoopGroup loops;
  private PooledUpstreams upstreams;

  /** A pod, as the enroller makes it. */
  private record Pod(NetworkNamespace namespace, NamespaceSockets sockets, PodContext context) {}

  @BeforeEach
  void start() {
    network = TestNetwork.create("a", "b");
    home = HomeNamespace.ofThisThread();
    loops = new MultiThreadIoEventLoopGroup(2, Transport.EPOLL.newIoHandlerFactory());
    upstreams =
        new PooledUpstreams(
            UpstreamSettings.defaults(Transport.EPOLL),
            loops,
            NO_OWN_SOCKETS,
            StraightWay.NONE,
            SplittableRandom::new);
  }

  @AfterEach
  void stop() {
    upstreams.close();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    home.close();
    network.close();
  }

  @Test
  void eachPodAsksItsOwnServerFromItsOwnNamespace() throws IOException {
    listenIn("a");
    listenIn("b");
    network.pythonServer("a", DNS_SERVER, "127.0.0.1", "10.88.0.1", "whole");
    network.pythonServer("b", DNS_SERVER, "10.88.0.2", "10.88.0.2", "whole");
    Pod a = pod("a", "nameserver 127.0.0.1");
    Pod b = pod("b", "nameserver 10.88.0.2");

    assertThat(addressOf(a)).isEqualTo(TestNetwork.ip4(1));
    assertThat(addressOf(b)).isEqualTo(TestNetwork.ip4(2));
    close(a);
    close(b);
  }

  @Test
  void aLongAnswerComesFromThePodsNamespaceToo() throws IOException {
    listenIn("a");
    network.pythonServer("a", DNS_SERVER, "127.0.0.1", "10.88.0.1", "short");
    Pod a = pod("a", "nameserver 127.0.0.1");

    assertThat(addressOf(a)).isEqualTo(TestNetwork.ip4(1));
    close(a);
  }

  @Test
  void anInterfaceOfThePodIsTheScopeOfItsServer() throws IOException {
    Pod a = pod("a", "nameserver fe80::1%eth0\noptions timeout:1 attempts:1");

    assertThat(acquire(a)).asString().contains("no answer within PT1S", "fe80", "%");
    close(a);
  }

  @Test
  void aPodThatEndsInTheMiddleOfAQuestionIsFreed() throws IOException {
    Pod a = pod("a", "nameserver 10.88.0.77\noptions timeout:30");
    CompletableFuture<Acquired> waiting = begin(a);
    TestNetwork.await(
        "a socket is open in the pod",
        () -> udpSockets().contains("10.88.0") || udpSockets().lines().count() > 1);

    close(a);

    assertThat(waiting).isCompleted();
    network.deletePod("a");
    network.awaitFreed("a");
  }

  /**
   * For what is dialled in the end. Its process keeps the namespace until the network is closed.
   */
  private void listenIn(String pod) {
    network.pythonServer(
        pod, "s = socket.socket(); s.bind(('', 80)); s.listen(9); print('ready'); time.sleep(99)");
  }

  private String udpSockets() {
    return network.run("a", "ss", "-uan");
  }

  private Pod pod(String name, String resolvConf) throws IOException {
    Path own = Files.createDirectories(etc.resolve("netns").resolve(network.fullName(name)));
    Files.writeString(own.resolve("resolv.conf"), resolvConf);
    Files.writeString(own.resolve("hosts"), "");
    NetworkNamespace namespace = home.open(network.path(name));
    NamespaceSockets sockets = new NamespaceSockets(name, namespace, () -> {});
    Workload workload = new Workload("test", name, name, Map.of(), "default", "Kubernetes");
    PodContext context =
        new PodContext(
            name,
            () -> workload,
            sockets,
            PodResolverFiles.of(namespace.path(), etc, () -> !namespace.isGone()));
    return new Pod(namespace, sockets, context);
  }

  private void close(Pod pod) {
    pod.sockets().end();
    upstreams.closePod(pod.context()).orTimeout(20, TimeUnit.SECONDS).join();
    pod.namespace().close();
  }

  private InetAddress addressOf(Pod pod) {
    Acquired acquired = acquire(pod);
    assertThat(acquired).isInstanceOf(Acquired.Ready.class);
    SocketChannel channel = (SocketChannel) ((Acquired.Ready) acquired).connection().channel();
    return channel.remoteAddress().getAddress();
  }

  private Acquired acquire(Pod pod) {
    return begin(pod).orTimeout(20, TimeUnit.SECONDS).join();
  }

  private CompletableFuture<Acquired> begin(Pod pod) {
    InetSocketAddress somewhere = new InetSocketAddress(TestNetwork.ip4(9), 80);
    InterceptedConnection connection =
        new InterceptedConnection(Direction.OUTBOUND, pod.context(), somewhere, somewhere);
    UpstreamTarget target = new UpstreamTarget(cluster(), connection, false);
    CompletableFuture<Acquired> outcome = new CompletableFuture<>();
    EventLoop loop = loops.next();
    loop.execute(() -> upstreams.acquire(target, loop, outcome::complete));
    return outcome;
  }

  private static Cluster cluster() {
    return new Cluster(
        new ClusterId(NAME, 80, ""),
        new ServiceId(NAME, "x", "test"),
        new Discovery.Dns(List.of(new Discovery.Dns.Name(NAME, 80))),
        LoadBalancer.LEAST_REQUEST,
        Duration.ofSeconds(10),
        Optional.empty());
  }
}
