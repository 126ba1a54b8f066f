package io.sluice.proxy.testkit;

import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.doors.LocalPod;
import io.sluice.proxy.doors.LocalPods;
import io.sluice.proxy.doors.OriginalDestinations;
import io.sluice.proxy.doors.OwnSockets;
import io.sluice.proxy.doors.PodSockets;
import io.sluice.proxy.doors.ResolverFiles;
import io.sluice.proxy.intercept.PodContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** The proxy's doors, onto loopback: no namespaces and no BPF, but everything is recorded. */
public final class LoopbackDoors {
  private final Destinations destinations = new Destinations();
  private final OwnRecord own = new OwnRecord();
  private final Neighbours pods = new Neighbours();

  /** Where the app of each accepted connection wanted to go: what the test said last. */
  public Destinations destinations() {
    return destinations;
  }

  public OwnRecord own() {
    return own;
  }

  /** The enrolled pods of this machine: none, until the test says so. */
  public Neighbours pods() {
    return pods;
  }

  /** A pod whose sockets are made in the test's own namespace. */
  public static PodContext pod(String name) {
    return new PodContext(
        "uid-" + name, workload("test", name, Map.of("app", name)), new CountingPodSockets(name));
  }

  /** A pod that sees names by other files. */
  public static PodContext pod(String name, ResolverFiles files) {
    PodContext made = pod(name);
    return new PodContext(made.uid(), made.present(), made.sockets(), files);
  }

  public static Workload workload(String namespace, String name, Map<String, String> labels) {
    return new Workload(namespace, name + "-0", name, labels, "default", "Kubernetes");
  }

  /** Answers with the destination that was set; empty until then. */
  public static final class Destinations implements OriginalDestinations {
    private volatile Optional<InetSocketAddress> destination = Optional.empty();

    public void set(InetSocketAddress address) {
      destination = Optional.of(address);
    }

    public void clear() {
      destination = Optional.empty();
    }

    @Override
    public Optional<InetSocketAddress> of(int acceptedFd) {
      return destination;
    }
  }

  /** At most one neighbour, at any address. */
  public static final class Neighbours implements LocalPods {
    private volatile Optional<LocalPod> neighbour = Optional.empty();

    public Neighbour set(String name) {
      Neighbour made = new Neighbour(name);
      neighbour = Optional.of(made);
      return made;
    }

    public void clear() {
      neighbour = Optional.empty();
    }

    @Override
    public Optional<LocalPod> at(InetAddress address) {
      return neighbour;
    }
  }

  /** A pod of this machine, until the test lets go of it. */
  public static final class Neighbour implements LocalPod {
    private final String name;
    private final Workload workload;
    private volatile boolean gone;
    private volatile int refusals;

    Neighbour(String name) {
      this.name = name;
      this.workload = LoopbackDoors.workload("shop", name, Map.of("app", name));
    }

    public void letGo() {
      gone = true;
    }

    public int refusals() {
      return refusals;
    }

    @Override
    public String uid() {
      return "uid-" + name;
    }

    @Override
    public Workload workload() {
      return workload;
    }

    @Override
    public boolean steered() {
      return !gone;
    }

    @Override
    public synchronized void appRefused() {
      refusals++;
    }
  }

  /** Records which sockets were marked. */
  public static final class OwnRecord implements OwnSockets {
    private final List<Integer> exempted = new CopyOnWriteArrayList<>();
    private final List<Integer> straight = new CopyOnWriteArrayList<>();
    private final List<InetSocketAddress> shown = new CopyOnWriteArrayList<>();
    private volatile boolean steersAll;

    @Override
    public void exempt(int fd) {
      exempted.add(fd);
    }

    @Override
    public void exemptStraight(int fd) {
      exempted.add(fd);
      straight.add(fd);
    }

    @Override
    public boolean wentStraight(int fd) {
      return !steersAll && straight.contains(fd);
    }

    /** From now on none gets through: as if its address were changed on its way. */
    public void steerAll() {
      steersAll = true;
    }

    /** Every fd that was marked to go straight, in order. */
    public List<Integer> straight() {
      return List.copyOf(straight);
    }

    @Override
    public void exemptShowing(int fd, InetSocketAddress trueClient) {
      exempted.add(fd);
      shown.add(trueClient);
    }

    /** Every fd that was marked, in order; numbers come back once a socket is closed. */
    public List<Integer> exempted() {
      return List.copyOf(exempted);
    }

    /** The clients to be shown to apps, in order. */
    public List<InetSocketAddress> shown() {
      return List.copyOf(shown);
    }
  }

  /** Runs the constructor as it is; after {@link #gone()} refuses as a pod that is let go of. */
  public static final class CountingPodSockets implements PodSockets {
    private final String pod;
    private volatile boolean gone;
    private volatile int opened;
    private volatile int refusals;
    private volatile Runnable beforeOpen = () -> {};

    public CountingPodSockets(String pod) {
      this.pod = pod;
    }

    public void gone() {
      gone = true;
    }

    /** What happens right before each socket from now on, on the thread that opens it. */
    public void beforeOpen(Runnable action) {
      beforeOpen = action;
    }

    public int opened() {
      return opened;
    }

    public int refusals() {
      return refusals;
    }

    @Override
    public synchronized void appRefused() {
      refusals++;
    }

    @Override
    public synchronized <C> C open(Supplier<C> constructor) {
      if (gone) {
        throw new PodGoneException(pod);
      }
      opened++;
      beforeOpen.run();
      return constructor.get();
    }
  }
}
