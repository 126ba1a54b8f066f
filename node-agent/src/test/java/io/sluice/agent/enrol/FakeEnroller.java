package io.sluice.agent.enrol;

import io.sluice.agent.view.PodStatus;
import io.sluice.mesh.workload.MeshPod;
import io.sluice.mesh.workload.Workload;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A machine of which a test chooses the namespaces and the faults; it writes down what is done to
 * it.
 */
final class FakeEnroller implements Enroller {

  final Map<String, Long> namespaces = new HashMap<>();
  final Set<String> refused = new HashSet<>();
  final Set<String> broken = new HashSet<>();

  /** Pods whose connections never end. */
  final Set<String> stuck = new HashSet<>();

  final List<String> log = Collections.synchronizedList(new ArrayList<>());

  static MeshPod pod(String name) {
    return pod(name, Map.of("app", name));
  }

  static MeshPod pod(String name, Map<String, String> labels) {
    return new MeshPod(
        "uid-" + name,
        new Workload("ns", name, name, labels, "default", "Kubernetes"),
        "/run/netns/" + name,
        List.of());
  }

  void namespace(String name, long inode) {
    namespaces.put("/run/netns/" + name, inode);
  }

  @Override
  public Attempt enrol(MeshPod pod, Runnable wishRescan) {
    String name = pod.workload().podName();
    log.add("enrol " + name);
    if (refused.contains(name)) {
      return new Attempt.Refused("no room");
    }
    if (broken.contains(name)) {
      throw new IllegalStateException("map update failed");
    }
    return new Attempt.Taken(new Fake(name, namespaces.get(pod.netnsPath())));
  }

  @Override
  public OptionalLong namespaceAt(String netnsPath) {
    Long inode = namespaces.get(netnsPath);
    return inode == null ? OptionalLong.empty() : OptionalLong.of(inode);
  }

  @Override
  public String absence(String netnsPath) {
    return netnsPath + " is not there yet";
  }

  private final class Fake implements EnrolledPod {
    private final String name;
    private final long inode;

    Fake(String name, long inode) {
      this.name = name;
      this.inode = inode;
    }

    @Override
    public long namespace() {
      return inode;
    }

    @Override
    public List<InetAddress> addresses() {
      return List.of(InetAddress.getLoopbackAddress());
    }

    @Override
    public List<PodStatus.Listener> listeners() {
      return List.of(new PodStatus.Listener("OUTBOUND_V4", 15001));
    }

    @Override
    public int connections() {
      return 3;
    }

    @Override
    public PodStatus.Older older() {
      return PodStatus.Older.NONE;
    }

    @Override
    public void update(MeshPod changed) {
      log.add("update " + name + " " + changed.workload().labels());
    }

    @Override
    public void rescan() {
      log.add("rescan " + name);
    }

    @Override
    public void stopSteering() {
      log.add("stop " + name);
    }

    @Override
    public void drain(Duration limit) {
      log.add("drain " + name);
      if (stuck.contains(name)) {
        new CompletableFuture<>().completeOnTimeout(name, 1, TimeUnit.HOURS).join();
      }
    }

    @Override
    public void close() {
      log.add("close " + name);
    }
  }
}
