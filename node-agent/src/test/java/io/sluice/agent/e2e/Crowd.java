package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Very many pods, quickly made: enough to be enrolled and let go of. Each has a cable to a hub that
 * leads nowhere. All is removed by {@link #close}, also after a failure.
 */
final class Crowd implements AutoCloseable {

  private static final String PREFIX = "sluice-t-" + ProcessHandle.current().pid() + "-c";

  private static final String HUB = PREFIX + "hub";

  private final List<String> namespaces = new ArrayList<>();
  private final Thread atExit = new Thread(this::removeAll);

  Crowd(int size) {
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      run(List.of("ip", "netns", "add", HUB), "");
      for (int i = 0; i < size; i++) {
        make(i);
      }
    } catch (RuntimeException | AssertionError e) {
      close();
      throw e;
    }
  }

  private void make(int number) {
    String name = PREFIX + number;
    run(List.of("ip", "netns", "add", name), "");
    namespaces.add(name);
    run(
        List.of("ip", "-n", name, "-batch", "-"),
        """
        link set lo up
        link add eth0 type veth peer name v%d netns %s
        addr add 10.97.%d.%d/16 dev eth0
        addr add fd97::%x/64 dev eth0 nodad
        link set eth0 up
        """
            .formatted(number, HUB, number / 250, 2 + number % 250, 2 + number));
  }

  int size() {
    return namespaces.size();
  }

  /** The pods as YAML, in a namespace that takes part. */
  String yaml() {
    StringBuilder yaml =
        new StringBuilder(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: crowd, labels: {istio-injection: enabled}}
            """);
    for (String each : namespaces) {
      yaml.append(
          """
          ---
          apiVersion: v1
          kind: Pod
          metadata:
            name: %s
            namespace: crowd
            labels: {app: %s}
            annotations: {sluice.io/netns: /run/netns/%s}
          """
              .formatted(each, each, each));
    }
    return yaml.toString();
  }

  /** How many sockets listen in one of them. */
  int listeners(int number) {
    String tables =
        run(
            List.of(
                "ip",
                "netns",
                "exec",
                namespaces.get(number),
                "cat",
                "/proc/net/tcp",
                "/proc/net/tcp6"),
            "");
    return (int) tables.lines().filter(line -> line.matches("\\s*\\d+: \\S+ \\S+ 0A .*")).count();
  }

  /**
   * How many of the namespaces there are, deleted ones that something still holds included: the
   * kernel takes a pod's end of the cable, and so the hub's, when it frees the namespace.
   */
  int held() {
    return (int)
        run(List.of("ip", "-n", HUB, "-o", "link", "show", "type", "veth"), "").lines().count();
  }

  /** Deletes all of them, as if every pod died at once. */
  void die() {
    for (String each : List.copyOf(namespaces)) {
      run(List.of("ip", "netns", "del", each), "");
      namespaces.remove(each);
    }
  }

  @Override
  public void close() {
    removeAll();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void removeAll() {
    for (String each : namespaces) {
      Lab.run(List.of("ip", "netns", "del", each));
    }
    namespaces.clear();
    Lab.run(List.of("ip", "netns", "del", HUB));
  }

  private static String run(List<String> command, String input) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().write(input.getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s: %s", command, out).isZero();
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
