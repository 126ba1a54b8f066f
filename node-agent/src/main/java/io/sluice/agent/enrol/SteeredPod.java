package io.sluice.agent.enrol;

import io.sluice.agent.kernel.program.PodDatapath;
import io.sluice.agent.netns.NetworkNamespace;
import io.sluice.agent.view.PodStatus;
import io.sluice.mesh.workload.MeshPod;
import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.PodProxy;
import io.sluice.proxy.doors.LocalPod;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** A pod whose connections the datapath steers into the proxy. Owns all that it is made of. */
final class SteeredPod implements EnrolledPod {

  /** It as other pods of this machine see it that call it. Event loops. */
  private final class Here implements LocalPod {
    @Override
    public String uid() {
      return uid;
    }

    @Override
    public Workload workload() {
      return present.get();
    }

    @Override
    public boolean steered() {
      return steering;
    }

    @Override
    public void appRefused() {
      sockets.appRefused();
    }
  }

  private final NetworkNamespace namespace;
  private final AtomicReference<Workload> workload;
  private final Supplier<Workload> present;
  private final NamespaceSockets sockets;
  private final PodDatapath datapath;
  private final PodProxy proxy;
  private final OlderConnections older;
  private final Claims claims;
  private final PodsByAddress pods;
  private final String uid;
  private final Here here = new Here();
  private boolean takesIp6;
  private MeshPod as;
  private volatile FoundAddresses addresses;
  private volatile boolean steering = true;
  private boolean closed;

  SteeredPod(
      MeshPod as,
      NetworkNamespace namespace,
      AtomicReference<Workload> workload,
      NamespaceSockets sockets,
      PodDatapath datapath,
      PodProxy proxy,
      OlderConnections older,
      FoundAddresses addresses,
      Claims claims,
      PodsByAddress pods) {
    this.as = as;
    this.uid = as.uid();
    this.pods = pods;
    this.namespace = namespace;
    this.workload = workload;
    this.present = workload::get;
    this.sockets = sockets;
    this.datapath = datapath;
    this.proxy = proxy;
    this.older = older;
    this.claims = claims;
    this.addresses = addresses;
    this.takesIp6 = addresses.hasIp6();
    pods.put(here, addresses.all());
  }

  @Override
  public long namespace() {
    return namespace.inode();
  }

  @Override
  public List<InetAddress> addresses() {
    return addresses.all();
  }

  @Override
  public List<PodStatus.Listener> listeners() {
    return Listeners.shown(proxy.listeners());
  }

  @Override
  public int connections() {
    return proxy.connections();
  }

  @Override
  public PodStatus.Older older() {
    return older.now();
  }

  @Override
  public void update(MeshPod changed) {
    as = changed;
    workload.set(changed.workload());
    followAddresses();
  }

  @Override
  public void rescan() {
    followAddresses();
    datapath.rescanListeners();
  }

  /** An interface may have got another address. */
  private void followAddresses() {
    FoundAddresses found = FoundAddresses.of(as, namespace);
    if (found.isEmpty() || found.equals(addresses)) {
      return;
    }
    FoundAddresses now = found.only(claims.change(namespace.cookie(), found.all()));
    if (now.equals(addresses)) {
      return;
    }
    if (now.hasIp6() && !takesIp6) {
      proxy.takeIp6();
      datapath.enable(Listeners.steeredTo(proxy.listeners()));
      takesIp6 = true;
    }
    datapath.updateAddresses(now.steered());
    addresses = now;
    if (steering) {
      pods.put(here, now.all());
    }
  }

  @Override
  public void stopSteering() {
    if (steering) {
      steering = false;
      pods.remove(here);
      datapath.disable();
      claims.change(namespace.cookie(), List.of());
    }
  }

  @Override
  public void drain(Duration limit) {
    proxy.drain(limit);
  }

  /** The datapath's entries go first: nothing may be steered to a listener that is not there. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    sockets.end();
    try (NetworkNamespace last = namespace;
        PodDatapath then = datapath;
        PodProxy first = proxy) {
      stopSteering();
    } finally {
      claims.release(namespace.cookie());
    }
  }
}
