package io.sluice.agent.testbed;

import io.sluice.agent.kernel.program.Cgroup2;
import io.sluice.agent.kernel.program.PodAddresses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Namespaces on one bridge, and a cgroup for the processes in them.
 *
 * <pre>
 *   sluice-t-PID-N-hub   bridge 10.88.0.254
 *     |            |
 *   ...-a         ...-b        10.88.0.1 fd88::1    10.88.0.2 fd88::2
 * </pre>
 *
 * Only sockets of processes in {@link #cgroup()} are seen by programs that are attached to it. All
 * is removed by {@link #close()}, and by the end of the JVM if a test forgot.
 */
public final class TestNetwork implements AutoCloseable {
  private static final Duration AWAIT = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final int COMMAND_SECONDS_MAX = 30;

  private final String prefix;
  private final Path cgroup;
  private final Path cgroupBefore;
  private final List<String> namespaces = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();
  private final Thread atExit = new Thread(this::removeAll);

  private TestNetwork(String prefix) {
    this.prefix = prefix;
    this.cgroup = Cgroup2.root().resolve(prefix);
    this.cgroupBefore = ownCgroup();
  }

  /**
   * @param pods short names; the n-th gets 10.88.0.n and fd88::n
   */
  public static TestNetwork create(String... pods) {
    String prefix = "sluice-t-" + ProcessHandle.current().pid() + "-" + (System.nanoTime() & 0xfff);
    TestNetwork network = new TestNetwork(prefix);
    Runtime.getRuntime().addShutdownHook(network.atExit);
    try {
      network.build(pods);
      return network;
    } catch (RuntimeException | IOException e) {
      network.close();
      throw new IllegalStateException(
          "test network " + prefix + " can't be made: " + e.getMessage(), e);
    }
  }

  private void build(String... pods) throws IOException {
    Files.createDirectory(cgroup);
    enter(cgroup);
    addNamespace("hub");
    ip("-n", fullName("hub"), "link", "add", "br0", "type", "bridge");
    ip("-n", fullName("hub"), "addr", "add", "10.88.0.254/24", "dev", "br0");
    ip("-n", fullName("hub"), "link", "set", "br0", "up");
    for (int i = 0; i < pods.length; i++) {
      addPod(pods[i], i + 1);
    }
  }

  private static Path ownCgroup() {
    try {
      return Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
          .filter(line -> line.startsWith("0::/"))
          .map(line -> Cgroup2.root().resolve(line.substring("0::/".length())))
          .findFirst()
          .orElse(Cgroup2.root());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void enter(Path cgroup) throws IOException {
    Files.writeString(cgroup.resolve("cgroup.procs"), "" + ProcessHandle.current().pid());
  }

  /** Adds a namespace with one veth on the bridge. */
  public void addPod(String name, int number) {
    addNamespace(name);
    ip(
        "-n",
        fullName("hub"),
        "link",
        "add",
        "v" + name,
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        fullName(name));
    ip("-n", fullName("hub"), "link", "set", "v" + name, "master", "br0", "up");
    ip("-n", fullName(name), "addr", "add", "10.88.0." + number + "/24", "dev", "eth0");
    ip("-n", fullName(name), "addr", "add", "fd88::" + number + "/64", "dev", "eth0", "nodad");
    ip("-n", fullName(name), "link", "set", "eth0", "up");
    ip("-n", fullName(name), "route", "add", "default", "via", "10.88.0.254");
  }

  /** Runs something in this JVM whose sockets no program of this network sees. */
  public <T> T outsideCgroup(Supplier<T> action) {
    try {
      enter(cgroupBefore);
      try {
        return action.get();
      } finally {
        enter(cgroup);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A namespace with loopback only. */
  public void addNamespace(String name) {
    ip("netns", "add", fullName(name));
    namespaces.add(name);
    ip("-n", fullName(name), "link", "set", "lo", "up");
  }

  /** Deletes a namespace; a pod that died. */
  public void deletePod(String name) {
    ip("netns", "del", fullName(name));
    namespaces.remove(name);
  }

  public Path path(String pod) {
    return Path.of("/run/netns", fullName(pod));
  }

  public Path cgroup() {
    return cgroup;
  }

  public static Inet4Address ip4(int number) {
    return (Inet4Address) InetAddress.ofLiteral("10.88.0." + number);
  }

  public static Inet6Address ip6(int number) {
    return (Inet6Address) InetAddress.ofLiteral("fd88::" + number);
  }

  /** What {@link #create} gives the n-th pod. */
  public static PodAddresses addresses(int number) {
    return new PodAddresses(List.of(ip4(number)), List.of(ip6(number)));
  }

  /**
   * Waits until the kernel has freed the namespace of a pod that was deleted: then its end of the
   * veth pair is gone and with it the hub's.
   */
  public void awaitFreed(String pod) {
    await(
        "the namespace of pod " + pod + " is freed",
        () -> !run("hub", "ip", "-o", "link").contains("v" + pod + "@"));
  }

  /** Waits for something that happens soon; fails the test if it does not within 20 s. */
  public static void await(String what, BooleanSupplier condition) {
    long limit = System.nanoTime() + AWAIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > limit) {
        throw new AssertionError("not within " + AWAIT.toSeconds() + " s: " + what);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  /** Starts a process in a pod and in the cgroup; it is ended with the network at the latest. */
  public Process start(String pod, String... command) {
    try {
      Process process = builder(pod, command).start();
      processes.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a process in a pod and in the cgroup and returns what it printed, errors included. */
  public String run(String pod, String... command) {
    return output(start(pod, command), String.join(" ", command));
  }

  /** Runs a Python script in a pod; arguments are {@code sys.argv[1:]}. */
  public String python(String pod, String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of(Python.PATH, "-c", Python.PRELUDE + script));
    command.addAll(List.of(arguments));
    return output(start(pod, command.toArray(String[]::new)), script);
  }

  /** Starts a Python script that prints a line when it is ready, and waits for that line. */
  public PythonServer pythonServer(String pod, String script, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(Python.PATH, "-u", "-c", Python.PRELUDE + script));
    command.addAll(List.of(arguments));
    return new PythonServer(start(pod, command.toArray(String[]::new)));
  }

  private ProcessBuilder builder(String pod, String... command) {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("nsenter", "--net=" + path(pod)));
    all.addAll(List.of(command));
    return new ProcessBuilder(all).redirectErrorStream(true);
  }

  /** As in {@code ip ...}; fails the test if it fails. */
  public static void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String out = output(process, String.join(" ", command));
      if (process.exitValue() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String output(Process process, String what) {
    try {
      String out =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("still running after 30 s: " + what);
      }
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The name that iproute2 knows. */
  public String fullName(String name) {
    return prefix + "-" + name;
  }

  @Override
  public void close() {
    removeAll();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void removeAll() {
    processes.forEach(TestNetwork::end);
    for (String namespace : List.copyOf(namespaces)) {
      ip("netns", "del", fullName(namespace));
      namespaces.remove(namespace);
    }
    try {
      enter(cgroupBefore);
      Files.deleteIfExists(cgroup);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void end(Process process) {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
