package io.sluice.agent.testbed;

import io.sluice.agent.kernel.abi.Counter;
import io.sluice.agent.kernel.program.AttachedDatapath;
import io.sluice.agent.kernel.program.DatapathSpec;
import io.sluice.agent.kernel.program.PodAddresses;
import io.sluice.agent.kernel.program.PodDatapath;
import io.sluice.agent.netns.HomeNamespace;
import io.sluice.agent.netns.NetworkNamespace;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** One agent's datapath on a test network, with pods enrolled behind stand-in proxies. */
public final class Mesh implements AutoCloseable {
  private final TestNetwork network;
  private final HomeNamespace home = HomeNamespace.ofThisThread();
  private final AttachedDatapath datapath;
  private final Map<String, Pod> pods = new LinkedHashMap<>();

  /** An enrolled pod. */
  public record Pod(NetworkNamespace namespace, PodDatapath datapath, TestProxy proxy)
      implements AutoCloseable {
    @Override
    public void close() {
      datapath.close();
      proxy.close();
      namespace.close();
    }
  }

  public Mesh(TestNetwork network) {
    this(
        network,
        DatapathSpec.embedded(Path.of(System.getProperty("java.io.tmpdir")))
            .load()
            .attach(network.cgroup()));
  }

  /** Owns the datapath from now on. */
  public Mesh(TestNetwork network, AttachedDatapath datapath) {
    this.network = network;
    this.datapath = datapath;
  }

  public AttachedDatapath datapath() {
    return datapath;
  }

  public Pod enrol(String name, PodAddresses addresses) {
    NetworkNamespace namespace = home.open(network.path(name));
    PodDatapath pod = prepare(namespace, addresses);
    TestProxy proxy = new TestProxy(datapath, namespace, name.hashCode());
    pod.enable(proxy.listeners());
    Pod enrolled = new Pod(namespace, pod, proxy);
    pods.put(name, enrolled);
    return enrolled;
  }

  private PodDatapath prepare(NetworkNamespace namespace, PodAddresses addresses) {
    try {
      return datapath.prepare(namespace, addresses);
    } catch (RuntimeException e) {
      namespace.close();
      throw e;
    }
  }

  public Pod pod(String name) {
    Pod pod = pods.get(name);
    if (pod == null) {
      throw new IllegalArgumentException("pod " + name + " is not enrolled");
    }
    return pod;
  }

  /** Lets go of a pod. */
  public void remove(String name) {
    pod(name).close();
    pods.remove(name);
  }

  public long count(Counter counter) {
    return datapath.counters().getOrDefault(counter, 0L);
  }

  @Override
  public void close() {
    pods.values().forEach(Pod::close);
    datapath.close();
    home.close();
  }
}
