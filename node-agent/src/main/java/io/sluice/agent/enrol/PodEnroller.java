package io.sluice.agent.enrol;

import io.sluice.agent.kernel.ffi.Errno;
import io.sluice.agent.kernel.ffi.KernelFault;
import io.sluice.agent.kernel.program.AppConnection;
import io.sluice.agent.kernel.program.AttachedDatapath;
import io.sluice.agent.kernel.program.PodDatapath;
import io.sluice.agent.netns.HomeNamespace;
import io.sluice.agent.netns.NetworkNamespace;
import io.sluice.mesh.workload.MeshPod;
import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.PodProxy;
import io.sluice.proxy.Proxy;
import io.sluice.proxy.intercept.PodContext;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Enrols pods of this machine.
 *
 * <pre>
 *   open the namespace -> its addresses -> datapath knows it, steers nothing -> listeners -> datapath steers
 * </pre>
 */
public final class PodEnroller implements Enroller {

  private static final Path OWN_NAMESPACE = Path.of("/proc/self/ns/net");

  private final HomeNamespace home;
  private final AttachedDatapath datapath;
  private final Proxy proxy;
  private final PodsByAddress pods;

  private final Claims claims = new Claims(this::namespaceAt);

  /**
   * All stay the caller's.
   *
   * @param pods told of each pod while it is steered
   */
  public PodEnroller(
      HomeNamespace home, AttachedDatapath datapath, Proxy proxy, PodsByAddress pods) {
    this.home = home;
    this.pods = pods;
    this.datapath = datapath;
    this.proxy = proxy;
  }

  @Override
  public OptionalLong namespaceAt(String netnsPath) {
    try {
      Path path = Path.of(netnsPath);
      long inode = (long) Files.getAttribute(path, "unix:ino");
      // "ip netns add" makes an ordinary file first.
      boolean isNamespace = device(path).equals(device(OWN_NAMESPACE));
      return isNamespace ? OptionalLong.of(inode) : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  private static Object device(Path path) throws IOException {
    return Files.getAttribute(path, "unix:dev");
  }

  @Override
  public String absence(String netnsPath) {
    try {
      Files.getAttribute(Path.of(netnsPath), "unix:ino");
      return noNamespace(netnsPath);
    } catch (NoSuchFileException e) {
      return netnsPath + " is not there yet";
    } catch (AccessDeniedException e) {
      return netnsPath
          + " may not be looked at (expected: root with CAP_SYS_PTRACE, or a path below /run/netns)";
    } catch (IOException e) {
      return netnsPath + " can't be looked at: " + e.getMessage();
    }
  }

  @Override
  public Attempt enrol(MeshPod pod, Runnable wishRescan) {
    NetworkNamespace namespace;
    try {
      namespace = home.open(Path.of(pod.netnsPath()));
    } catch (KernelFault e) {
      if (e.errno() != Errno.EINVAL) {
        throw e;
      }
      return new Attempt.Refused(noNamespace(pod.netnsPath()));
    }
    boolean kept = false;
    try {
      FoundAddresses addresses = FoundAddresses.of(pod, namespace);
      Optional<String> objection = objection(pod, namespace, addresses);
      if (objection.isPresent()) {
        return new Attempt.Refused(objection.get());
      }
      Attempt attempt = new Attempt.Taken(claimed(pod, namespace, addresses, wishRescan));
      kept = true;
      return attempt;
    } finally {
      if (!kept) {
        namespace.close();
      }
    }
  }

  private static String noNamespace(String path) {
    return path + " is no network namespace (expected: one such as /run/netns/NAME)";
  }

  /** Empty when nothing stands against it; then the pod has its claims. */
  private Optional<String> objection(
      MeshPod pod, NetworkNamespace namespace, FoundAddresses addresses) {
    if (namespaceAt(OWN_NAMESPACE.toString()).equals(OptionalLong.of(namespace.inode()))) {
      return Optional.of(
          pod.netnsPath()
              + " is the network namespace of the agent itself (expected: one of the pod's own)");
    }
    if (addresses.isEmpty()) {
      return Optional.of(
          "its network namespace has no address (expected: an interface with one, or status.podIPs)");
    }
    return claims.take(pod, namespace, addresses.all());
  }

  private EnrolledPod claimed(
      MeshPod pod, NetworkNamespace namespace, FoundAddresses addresses, Runnable wishRescan) {
    try {
      return steer(pod, namespace, addresses, wishRescan);
    } catch (RuntimeException e) {
      claims.release(namespace.cookie());
      throw e;
    }
  }

  private EnrolledPod steer(
      MeshPod pod, NetworkNamespace namespace, FoundAddresses addresses, Runnable wishRescan) {
    AtomicReference<Workload> workload = new AtomicReference<>(pod.workload());
    NamespaceSockets sockets = new NamespaceSockets(pod.uid(), namespace, wishRescan);
    PodDatapath steering = datapath.prepare(namespace, addresses.steered());
    try {
      PodProxy listeners =
          proxy.open(
              new PodContext(pod.uid(), workload::get, sockets, PodResolverFiles.of(namespace)),
              addresses.hasIp6());
      try {
        steering.enable(Listeners.steeredTo(listeners.listeners()));
        OlderConnections older = new OlderConnections(() -> connections(namespace));
        return new SteeredPod(
            pod, namespace, workload, sockets, steering, listeners, older, addresses, claims, pods);
      } catch (RuntimeException e) {
        sockets.end();
        listeners.close();
        throw e;
      }
    } catch (RuntimeException e) {
      steering.close();
      throw e;
    }
  }

  private List<AppConnection> connections(NetworkNamespace namespace) {
    try {
      return datapath.connections(namespace);
    } catch (KernelFault fault) {
      if (fault.errno() == Errno.ENOENT) {
        return SocketTable.of(namespace);
      }
      throw fault;
    }
  }
}
