package io.sluice.agent.kernel.program;

import io.sluice.agent.kernel.abi.Counter;
import io.sluice.agent.kernel.abi.Counters;
import io.sluice.agent.kernel.abi.InboundMaps;
import io.sluice.agent.kernel.abi.OriginalDestinations;
import io.sluice.agent.kernel.abi.OwnSockets;
import io.sluice.agent.kernel.abi.PendingMaps;
import io.sluice.agent.kernel.abi.PodsMap;
import io.sluice.agent.kernel.ffi.AttachedPrograms;
import io.sluice.agent.kernel.ffi.BpfLink;
import io.sluice.agent.kernel.ffi.BpfMap;
import io.sluice.agent.kernel.ffi.BpfObjectHandle;
import io.sluice.agent.kernel.ffi.Errno;
import io.sluice.agent.kernel.ffi.KernelFault;
import io.sluice.agent.netns.NetworkNamespace;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Programs at their hooks. Pods are steered when they have been prepared and enabled. */
public final class AttachedDatapath implements AutoCloseable {
  private static final String INBOUND = "sl_inbound";

  private final BpfObjectHandle object;
  private final List<BpfLink> connects;
  private final List<BpfLink> names;
  private final Optional<BpfLink> deathWatch;
  private final PodMaps maps;
  private final BpfMap listening;
  private final OwnSockets ownSockets;
  private final OriginalDestinations originalDestinations;
  private final Counters counters;

  AttachedDatapath(
      BpfObjectHandle object,
      List<BpfLink> connects,
      List<BpfLink> names,
      Optional<BpfLink> deathWatch) {
    this.object = object;
    this.connects = List.copyOf(connects);
    this.names = List.copyOf(names);
    this.deathWatch = deathWatch;
    BpfMap pending = object.map("pending");
    this.maps =
        new PodMaps(
            new PodsMap(object.map("pods")),
            new PendingMaps(pending),
            new InboundMaps(object.map("pod_ips"), object.map("inbound")));
    this.listening = object.map("listening");
    this.ownSockets = new OwnSockets(object.map("own_sk"));
    this.originalDestinations = new OriginalDestinations(object.map("acc_dst"), pending);
    this.counters = new Counters(object.map("counters"));
  }

  /**
   * Attaches a pod's inbound hook and learns on which ports it listens. Nothing is steered yet.
   *
   * @param namespace stays the caller's, who closes it after the pod's datapath
   * @param addresses all podIPs
   */
  public PodDatapath prepare(NetworkNamespace namespace, PodAddresses addresses) {
    return PodDatapath.prepare(
        namespace,
        addresses,
        maps,
        listening,
        () -> namespace.withDescriptor(fd -> attachInbound(fd, namespace)));
  }

  /**
   * Two agents that share no maps take each other's upstream sockets for an app's and would send a
   * connection round for ever, so the second one is refused.
   */
  private BpfLink attachInbound(int namespaceFd, NetworkNamespace namespace) {
    if (AttachedPrograms.ofNetns(namespaceFd).contains(INBOUND)) {
      throw new KernelFault(
          "attach",
          INBOUND + " to network namespace " + namespace,
          Errno.EEXIST,
          "another agent steers this pod already: stop one of the two");
    }
    return object.attach(INBOUND, namespaceFd, "network namespace " + namespace);
  }

  /** Tells the kernel which sockets are the proxy's own. Any thread. */
  public OwnSockets ownSockets() {
    return ownSockets;
  }

  /**
   * The open connections of a pod's apps, the agent's own left out. Blocks for milliseconds.
   *
   * @throws KernelFault with ENOENT if the kernel was built without {@code tcp_diag}
   */
  public List<AppConnection> connections(NetworkNamespace namespace) {
    return namespace.call(ownSockets::othersConnections).stream()
        .map(each -> new AppConnection(each.cookie(), each.local(), each.remote()))
        .toList();
  }

  /** Where a redirected connection wanted to go. Any thread. */
  public OriginalDestinations originalDestinations() {
    return originalDestinations;
  }

  /**
   * The programs at the cgroup's hooks, and whether each is in force. A system call each; any
   * thread.
   */
  public Map<String, Boolean> programs() {
    Map<String, Boolean> attached = new LinkedHashMap<>();
    Iterator<String> program = LoadedDatapath.programs().iterator();
    connects.forEach(link -> attached.put(program.next(), link.isAttachedToCgroup()));
    names.forEach(link -> attached.put(program.next(), link.isAttachedToCgroup()));
    return attached;
  }

  /**
   * Whether all pods are let go of in the moment in which this process is killed; false where the
   * kernel has no raw tracepoints: then it takes until its files are closed.
   */
  public boolean watchesDeath() {
    return deathWatch.isPresent();
  }

  /** What the programs counted since they were loaded. Any thread. */
  public Map<Counter, Long> counters() {
    return counters.read();
  }

  /**
   * First half of the end: apps dial directly from now on, open connections keep showing true
   * addresses.
   */
  public void drain() {
    connects.forEach(BpfLink::close);
  }

  /** Detaches all and forgets all maps. All pods must be closed before. */
  @Override
  public void close() {
    drain();
    names.forEach(BpfLink::close);
    deathWatch.ifPresent(BpfLink::close);
    object.close();
  }
}
