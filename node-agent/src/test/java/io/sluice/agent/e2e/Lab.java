package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Network namespaces on one bridge, as pods of a node are: each with one interface, IPv4 and IPv6.
 * Nothing leads out of it. All is removed by {@link #close}, also after a failure, and what a
 * killed test left is removed before.
 *
 * <pre>
 *   sluice-t-PID-NAME  eth0 10.98.N.x, fd98:N::x  ---.
 *   sluice-t-PID-NAME  eth0 ...                   ---+--- br0 10.98.N.1, fd98:N::1   in sluice-t-PID-lan
 * </pre>
 */
final class Lab implements AutoCloseable {

  private static final long COMMAND_SECONDS_MAX = 120;
  private static final long WAIT_SECONDS_MAX = 20;

  private static final String PREFIX = "sluice-t-" + ProcessHandle.current().pid() + "-";
  private static final Pattern OF_A_TEST = Pattern.compile("sluice-t-(\\d+)-.*");

  private final int net;
  private final Path directory;
  private final Deque<Process> processes = new ArrayDeque<>();
  private final List<String> namespaces = new ArrayList<>();
  private final Thread atExit = new Thread(this::removeAll);

  /** What a command printed, and how it ended. */
  record Run(int status, String out, String err) {}

  /** One pod. */
  record Pod(String name, String netns, String ip4, String ip6) {
    String netnsPath() {
      return "/run/netns/" + netns;
    }
  }

  /**
   * @param net distinguishes labs, 1..254
   * @param directory for output of processes
   */
  Lab(int net, Path directory) {
    this.net = net;
    this.directory = directory;
    sweep();
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      layBridge();
    } catch (RuntimeException | AssertionError e) {
      // Else each lab after this one would fail for what is left, and hide why this one did.
      close();
      throw e;
    }
  }

  private void layBridge() {
    String lan = newNamespace("lan");
    ip("-n", lan, "link", "add", "br0", "type", "bridge");
    ip("-n", lan, "addr", "add", "10.98." + net + ".1/24", "dev", "br0");
    ip("-n", lan, "addr", "add", "fd98:" + net + "::1/64", "dev", "br0", "nodad");
    ip("-n", lan, "link", "set", "br0", "up");
  }

  /** Makes a pod whose addresses end with that number, 2..99. */
  Pod pod(String name, int last) {
    String netns = newNamespace(name);
    String lan = PREFIX + "lan";
    String port = "p" + last;
    ip("-n", lan, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", netns);
    ip("-n", lan, "link", "set", port, "master", "br0", "up");
    Pod pod = new Pod(name, netns, "10.98." + net + "." + last, "fd98:" + net + "::" + last);
    ip("-n", netns, "addr", "add", pod.ip4() + "/24", "dev", "eth0");
    ip("-n", netns, "addr", "add", pod.ip6() + "/64", "dev", "eth0", "nodad");
    ip("-n", netns, "link", "set", "eth0", "up");
    ip("-n", netns, "route", "add", "default", "via", "10.98." + net + ".1");
    ip("-n", netns, "route", "add", "default", "via", "fd98:" + net + "::1");
    return pod;
  }

  /** What the pod's programs, and the mesh for them, have as /etc/resolv.conf. */
  void resolvers(Pod pod, String resolvConf) {
    try {
      Path own = Files.createDirectories(etcOf(pod.netns()));
      Files.writeString(own.resolve("resolv.conf"), resolvConf);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path etcOf(String netns) {
    return Path.of("/etc/netns", netns);
  }

  /** Runs a command in the pod to its end. */
  Run in(Pod pod, String... command) {
    return run(inside(pod, command));
  }

  /** Starts a server in the pod and waits until it says that it listens. */
  Process serve(Pod pod, String... command) {
    serveTo(pod, command);
    return processes.getFirst();
  }

  /** As {@link #serve}; the file that it prints to. */
  Path serveTo(Pod pod, String... command) {
    Path out = start(pod, command);
    await(command[0] + " in " + pod.name() + " listens", () -> read(out).contains("listening"));
    return out;
  }

  /** Starts a command in the pod; it ends with the lab at the latest. */
  Process spawn(Pod pod, String... command) {
    start(pod, command);
    return processes.getFirst();
  }

  /** Removes the pod's name, as a container runtime does when it has killed the pod's processes. */
  void delete(Pod pod) {
    ip("netns", "del", pod.netns());
    removeEtc(pod.netns());
    namespaces.remove(pod.netns());
  }

  /** Ends all processes in the pod, as a container runtime does before it removes the namespace. */
  void killProcessesIn(Pod pod) {
    String pids = run(List.of("ip", "netns", "pids", pod.netns())).out();
    pids.lines()
        .map(Long::parseLong)
        .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    await(
        "no process is left in " + pod.name(),
        () -> run(List.of("ip", "netns", "pids", pod.netns())).out().isEmpty());
  }

  /** Drops what these pods send each other; what they exchange with other pods is let through. */
  void part(Pod one, Pod other) {
    isolate(one, "on");
    isolate(other, "on");
  }

  /** Undoes {@link #part}. */
  void join(Pod one, Pod other) {
    isolate(one, "off");
    isolate(other, "off");
  }

  private void isolate(Pod pod, String isolated) {
    ip(
        "-n",
        PREFIX + "lan",
        "link",
        "set",
        linkOf(pod),
        "type",
        "bridge_slave",
        "isolated",
        isolated);
  }

  /** The bridge's end of the pod's cable. */
  String linkOf(Pod pod) {
    return "p" + pod.ip4().substring(pod.ip4().lastIndexOf('.') + 1);
  }

  boolean hasLink(String link) {
    return run(List.of("ip", "-n", PREFIX + "lan", "link", "show", link)).status() == 0;
  }

  /** A file of the test's resources. */
  static String script(String name) {
    try {
      return Path.of(Lab.class.getResource("/e2e/" + name).toURI()).toString();
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Polls until it is so; fails after a generous time. */
  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS_MAX);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s, within %d s", what, WAIT_SECONDS_MAX).isLessThan(end);
      pause();
    }
  }

  /** Removes what test processes left that were killed. */
  private static void sweep() {
    for (String netns : run(List.of("ls", "/run/netns")).out().lines().toList()) {
      Matcher matcher = OF_A_TEST.matcher(netns);
      if (matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
        run(List.of("ip", "netns", "del", netns));
      }
    }
    for (String netns : run(List.of("ls", "/etc/netns")).out().lines().toList()) {
      Matcher matcher = OF_A_TEST.matcher(netns);
      if (matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
        removeEtc(netns);
      }
    }
  }

  private static void removeEtc(String netns) {
    try {
      Files.deleteIfExists(etcOf(netns).resolve("resolv.conf"));
      Files.deleteIfExists(etcOf(netns));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    removeAll();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void removeAll() {
    processes.forEach(Process::destroyForcibly);
    processes.forEach(Process::onExit);
    for (String namespace : List.copyOf(namespaces).reversed()) {
      run(List.of("ip", "netns", "del", namespace));
      removeEtc(namespace);
    }
  }

  private Path start(Pod pod, String... command) {
    try {
      Path out = Files.createTempFile(directory, pod.name(), ".out");
      processes.push(
          new ProcessBuilder(inside(pod, command))
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start());
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> inside(Pod pod, String... command) {
    return Stream.concat(Stream.of("ip", "netns", "exec", pod.netns()), Arrays.stream(command))
        .toList();
  }

  private String newNamespace(String name) {
    String netns = PREFIX + name;
    ip("netns", "add", netns);
    namespaces.add(netns);
    ip("-n", netns, "link", "set", "lo", "up");
    return netns;
  }

  /** {@code ip -n POD ...}. */
  void ipIn(Pod pod, String... arguments) {
    ip(
        Stream.concat(Stream.of("-n", pod.netns()), Arrays.stream(arguments))
            .toArray(String[]::new));
  }

  private static void ip(String... arguments) {
    List<String> command = Stream.concat(Stream.of("ip"), Arrays.stream(arguments)).toList();
    Run run = run(command);
    assertThat(run.status()).as("%s: %s", String.join(" ", command), run.err()).isZero();
  }

  static Run run(List<String> command) {
    try {
      Path out = Files.createTempFile("sluice-t", ".out");
      Path err = Files.createTempFile("sluice-t", ".err");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
          throw new AssertionError(
              String.join(" ", command) + " did not end within " + COMMAND_SECONDS_MAX + " s");
        }
        return new Run(process.exitValue(), read(out), read(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
