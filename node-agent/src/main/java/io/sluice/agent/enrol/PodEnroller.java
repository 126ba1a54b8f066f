package io.sluice.agent.enrol;

import io.sluice.agent.kernel.ffi.Errno;
import io.sluice.agent.kernel.ffi.KernelFault;
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
import java.util.HashMap;
import java.util.Map;
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

  /** Cookie of each namespace that is taken, and by whom: two pods can't share one. */
  private final Map<Long, String> taken = new HashMap<>();

  /** All stay the caller's. */
  public PodEnroller(HomeNamespace home, AttachedDatapath datapath, Proxy proxy) {
    this.home = home;
    this.datapath = datapath;
    this.proxy = proxy;
  }

  @Override
  public OptionalLong namespaceAt(String netnsPath) {
    try {
      return OptionalLong.of((long) Files.getAttribute(Path.of(netnsPath), "unix:ino"));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public String absence(String netnsPath) {
    try {
      Files.getAttribute(Path.of(netnsPath), "unix:ino");
      return netnsPath + " has just come";
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
      return new Attempt.Refused(
          pod.netnsPath() + " is no network namespace (expected: one such as /run/netns/NAME)");
    }
    boolean kept = false;
    try {
      Optional<String> objection = objection(pod, namespace);
      if (objection.isPresent()) {
        return new Attempt.Refused(objection.get());
      }
      Attempt attempt = new Attempt.Taken(steer(pod, namespace, wishRescan));
      kept = true;
      return attempt;
    } finally {
      if (!kept) {
        namespace.close();
      }
    }
  }

  private Optional<String> objection(MeshPod pod, NetworkNamespace namespace) {
    if (namespaceAt(OWN_NAMESPACE.toString()).equals(OptionalLong.of(namespace.inode()))) {
      return Optional.of(
          pod.netnsPath()
              + " is the network namespace of the agent itself (expected: one of the pod's own)");
    }
    String owner = taken.get(namespace.cookie());
    if (owner != null) {
      return Optional.of(
          pod.netnsPath() + " is taken by pod " + owner + " (expected: each pod has its own)");
    }
    if (FoundAddresses.of(pod, namespace).isEmpty()) {
      return Optional.of(
          "its network namespace has no address (expected: an interface with one, or status.podIPs)");
    }
    return Optional.empty();
  }

  private EnrolledPod steer(MeshPod pod, NetworkNamespace namespace, Runnable wishRescan) {
    FoundAddresses addresses = FoundAddresses.of(pod, namespace);
    AtomicReference<Workload> workload = new AtomicReference<>(pod.workload());
    NamespaceSockets sockets = new NamespaceSockets(pod.uid(), namespace, wishRescan);
    PodDatapath steering = datapath.prepare(namespace, addresses.steered());
    try {
      PodProxy listeners =
          proxy.open(new PodContext(pod.uid(), workload::get, sockets), addresses.hasIp6());
      try {
        OlderConnections older = new OlderConnections(() -> SocketTable.of(namespace));
        steering.enable(Listeners.steeredTo(listeners.listeners()));
        taken.put(namespace.cookie(), pod.uid());
        return new SteeredPod(
            pod,
            namespace,
            workload,
            sockets,
            steering,
            listeners,
            older,
            () -> taken.remove(namespace.cookie()));
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
}
