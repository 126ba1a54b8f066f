package io.sluice.agent.e2e;

import io.sluice.agent.e2e.Lab.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes a configuration directory by hand: a library with its readers and shelves. */
final class Library {

  static final String NAMESPACE = "library";

  private final Path directory;

  Library(Path directory) {
    this.directory = directory;
    write("namespaces.yaml", NAMESPACES);
  }

  private static final String NAMESPACES =
      """
      apiVersion: v1
      kind: Namespace
      metadata:
        name: library
        labels:
          istio-injection: enabled
      ---
      apiVersion: v1
      kind: Namespace
      metadata:
        name: press
      """;

  Path directory() {
    return directory;
  }

  /** A pod of the enrolled namespace whose addresses are to be read from its network namespace. */
  void pod(Pod pod) {
    pod(pod, NAMESPACE, Map.of("app", pod.name(), "version", "v1"), false);
  }

  void pod(Pod pod, String namespace, Map<String, String> labels, boolean withStatus) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("apiVersion: v1\nkind: Pod\nmetadata:\n  name: ").append(pod.name());
    yaml.append("\n  namespace: ").append(namespace).append("\n  labels:\n");
    labels.forEach(
        (key, value) -> yaml.append("    ").append(key).append(": ").append(value).append('\n'));
    yaml.append("  annotations:\n    sluice.io/netns: ").append(pod.netnsPath()).append('\n');
    if (withStatus) {
      yaml.append("status:\n  phase: Running\n  podIP: ").append(pod.ip4()).append("\n  podIPs:\n");
      yaml.append("  - ip: ").append(pod.ip4()).append("\n  - ip: ").append(pod.ip6()).append('\n');
    }
    write("pod-" + pod.name() + ".yaml", yaml.toString());
  }

  void remove(Pod pod) {
    remove("pod-" + pod.name() + ".yaml");
  }

  void remove(String file) {
    try {
      Files.delete(directory.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whole files appear at once: a reader never sees half of one. */
  void write(String file, String yaml) {
    try {
      Path part = directory.resolve("." + file + ".part");
      Files.writeString(part, yaml);
      Files.move(part, directory.resolve(file), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
