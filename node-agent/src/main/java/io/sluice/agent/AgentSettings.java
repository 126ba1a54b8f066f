package io.sluice.agent;

import io.sluice.proxy.transport.Transport;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@code sluice run} is told.
 *
 * @param configDirectory of Kubernetes YAML
 * @param admin where the admin pages listen; port 0 lets the kernel choose
 * @param cgroup cgroup v2 directory whose processes' sockets are seen; empty: where cgroup v2 is
 *     mounted
 * @param transport of the proxy
 * @param drain how long open connections may go on when the agent or a pod goes; ≥ 0
 * @param plainListeners to be opened in the agent's own network namespace
 * @param version of Sluice, as it shows itself
 */
public record AgentSettings(
    Path configDirectory,
    InetSocketAddress admin,
    Optional<Path> cgroup,
    Transport transport,
    Duration drain,
    List<PlainListener> plainListeners,
    String version) {
  public AgentSettings {
    Objects.requireNonNull(configDirectory, "configDirectory");
    Objects.requireNonNull(admin, "admin");
    Objects.requireNonNull(cgroup, "cgroup");
    Objects.requireNonNull(transport, "transport");
    if (drain.isNegative()) {
      throw new IllegalArgumentException("drain: " + drain + " (expected: >= 0)");
    }
    plainListeners = List.copyOf(plainListeners);
    Objects.requireNonNull(version, "version");
  }
}
