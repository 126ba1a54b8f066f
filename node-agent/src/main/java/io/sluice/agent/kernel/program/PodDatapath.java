package io.sluice.agent.kernel.program;

import io.sluice.agent.kernel.abi.ListeningMap;
import io.sluice.agent.kernel.abi.PodEntry;
import io.sluice.agent.kernel.ffi.BpfLink;
import io.sluice.agent.kernel.ffi.BpfMap;
import io.sluice.agent.kernel.ffi.Libc;
import io.sluice.agent.netns.NetworkNamespace;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One pod's entries and its inbound hook. Holds nothing that keeps the pod's namespace alive. One
 * thread at a time: the enrolment's or a worker of it.
 */
public final class PodDatapath implements AutoCloseable {
  private final NetworkNamespace namespace;
  private final PodMaps maps;
  private final ListeningMap listening;
  private final BpfLink inboundLink;
  private PodAddresses addresses;
  private Optional<Enabled> enabled = Optional.empty();
  private boolean closed;

  /** The listeners with the kernel's names of the inbound ones, by which own entries are told. */
  private record Enabled(
      PodListeners listeners,
      Set<Integer> ports,
      long inboundCookie4,
      OptionalLong inboundCookie6) {}

  private PodDatapath(
      NetworkNamespace namespace,
      PodAddresses addresses,
      PodMaps maps,
      ListeningMap listening,
      BpfLink inboundLink) {
    this.namespace = namespace;
    this.addresses = addresses;
    this.maps = maps;
    this.listening = listening;
    this.inboundLink = inboundLink;
  }

  /**
   * In this order: addresses of a dead pod that had them before are taken away, ports are counted
   * from now on, those that listen already are scanned, and then the hook sees SYNs.
   */
  static PodDatapath prepare(
      NetworkNamespace namespace,
      PodAddresses addresses,
      PodMaps maps,
      BpfMap listeningMaps,
      Supplier<BpfLink> attachInbound) {
    long cookie = namespace.cookie();
    addresses.all().forEach(address -> maps.inbound().removeStale(address, cookie));
    maps.pending().add(cookie);
    try {
      ListeningMap listening = ListeningMap.create(listeningMaps, cookie);
      try {
        maps.pods().put(cookie, entry(false, addresses, Optional.empty()));
        ListenerScan.reconcile(listening, namespace, port -> false);
        return new PodDatapath(namespace, addresses, maps, listening, attachInbound.get());
      } catch (RuntimeException e) {
        maps.pods().remove(cookie);
        listening.close();
        throw e;
      }
    } catch (RuntimeException e) {
      maps.pending().remove(cookie);
      throw e;
    }
  }

  /**
   * From now on the pod is steered, in both directions; again, when it has got more listeners.
   *
   * @param listeners listening; inbound descriptors stay the caller's and may be closed after
   *     {@link #disable()} only
   */
  public void enable(PodListeners listeners) {
    requireOpen();
    enabled =
        Optional.of(
            new Enabled(
                listeners,
                ownPorts(listeners),
                Libc.socketCookie(listeners.inboundFd4()),
                listeners.inboundFd6().isPresent()
                    ? OptionalLong.of(Libc.socketCookie(listeners.inboundFd6().getAsInt()))
                    : OptionalLong.empty()));
    rescanListeners();
    addresses.all().forEach(this::steer);
    maps.pods().put(namespace.cookie(), entry(true, addresses, Optional.of(listeners)));
  }

  /** New connections go direct from now on; open ones keep showing true addresses. */
  public void disable() {
    requireOpen();
    Optional<PodListeners> was = enabled.map(Enabled::listeners);
    maps.pods().put(namespace.cookie(), entry(false, addresses, was));
    removeInbound(addresses.all());
    enabled = Optional.empty();
  }

  /** The pod's addresses changed. */
  public void updateAddresses(PodAddresses now) {
    requireOpen();
    List<InetAddress> gone = new ArrayList<>(addresses.all());
    gone.removeAll(now.all());
    removeInbound(gone);
    addresses = now;
    if (enabled.isPresent()) {
      now.all().forEach(this::steer);
    }
    Optional<PodListeners> listeners = enabled.map(Enabled::listeners);
    maps.pods().put(namespace.cookie(), entry(listeners.isPresent(), now, listeners));
  }

  /**
   * Compares the ports on which the pod listens with what the kernel says: to be called every 10 s,
   * and when an inbound connection was refused by the app.
   */
  public void rescanListeners() {
    requireOpen();
    Set<Integer> own = enabled.map(Enabled::ports).orElse(Set.of());
    ListenerScan.reconcile(listening, namespace, own::contains);
  }

  private void steer(InetAddress address) {
    Enabled now = enabled.orElseThrow();
    long cookie = namespace.cookie();
    OptionalInt fd6 = now.listeners().inboundFd6();
    if (address instanceof Inet4Address) {
      maps.inbound().put(address, cookie, now.listeners().inboundFd4());
    } else if (fd6.isPresent()) {
      maps.inbound().put(address, cookie, fd6.getAsInt());
    }
  }

  private void removeInbound(List<InetAddress> gone) {
    if (enabled.isEmpty()) {
      return;
    }
    Enabled was = enabled.get();
    for (InetAddress address : gone) {
      long listener =
          address instanceof Inet4Address ? was.inboundCookie4() : was.inboundCookie6().orElse(0);
      maps.inbound().removeOwn(address, namespace.cookie(), listener);
    }
  }

  /** The inbound listeners are not steered to, so their ports do no harm in the map. */
  private static Set<Integer> ownPorts(PodListeners listeners) {
    Set<Integer> ports = new HashSet<>(listeners.outPorts6());
    ports.add(listeners.outPort4());
    return Set.copyOf(ports);
  }

  private static PodEntry entry(
      boolean steered, PodAddresses addresses, Optional<PodListeners> listeners) {
    return new PodEntry(
        steered,
        listeners.map(PodListeners::outPort4).orElse(0),
        listeners.map(PodListeners::outPorts6).orElse(List.of()),
        addresses.first4(),
        addresses.first6());
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("datapath of " + namespace + " is closed");
    }
  }

  /**
   * Takes the pod out: its addresses first, then its entry, then the hook. The namespace may be
   * dead already; the listeners may be closed already. The hook goes whatever fails before: left
   * behind, it would keep the pod from ever being prepared again.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      removeInbound(addresses.all());
      maps.pods().remove(namespace.cookie());
    } finally {
      inboundLink.close();
      listening.close();
      maps.pending().remove(namespace.cookie());
    }
  }
}
