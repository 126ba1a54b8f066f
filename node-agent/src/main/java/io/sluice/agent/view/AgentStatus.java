package io.sluice.agent.view;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * All that people ask of a running agent, at one moment.
 *
 * @param version of Sluice
 * @param uptime since the agent's start
 * @param ending it was asked to end: connections drain, and no pod is taken in any more
 * @param pods every pod that should be enrolled or still is, sorted by namespace and name
 * @param config what was read and compiled
 * @param datapath what is attached in the kernel
 */
public record AgentStatus(
    String version,
    Duration uptime,
    boolean ending,
    List<PodStatus> pods,
    ConfigState config,
    DatapathState datapath) {
  public AgentStatus {
    Objects.requireNonNull(version, "version");
    if (uptime.isNegative()) {
      throw new IllegalArgumentException("uptime: " + uptime + " (expected: >= 0)");
    }
    pods = List.copyOf(pods);
    Objects.requireNonNull(config, "config");
    Objects.requireNonNull(datapath, "datapath");
  }

  /** How many pods take part right now. */
  public long enrolledPods() {
    return pods.stream().filter(pod -> pod.state() == PodStatus.State.ENROLLED).count();
  }

  /** What is missing until the agent is ready, a line each; empty when it is. */
  public List<String> missing() {
    List<String> missing = new ArrayList<>();
    if (ending) {
      missing.add("agent: it was asked to end, open connections drain");
    }
    if (!config.loaded()) {
      missing.add("configuration: not read yet (" + config.source() + ")");
    }
    if (!datapath.attached()) {
      missing.add(
          "kernel programs: not attached"
              + (datapath.detail().isEmpty() ? "" : ", " + datapath.detail()));
    }
    for (PodStatus pod : pods) {
      if (pod.state() == PodStatus.State.PENDING || pod.state() == PodStatus.State.FAILED) {
        missing.add("pod " + pod.namespace() + "/" + pod.name() + ": " + pod.explain());
      }
    }
    return List.copyOf(missing);
  }
}
