package io.sluice.agent.demo;

import io.sluice.agent.cli.Main;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The agent: {@code sluice run} in a process of its own, known by its admin address only. */
final class Agent {
  static final String ROLE = "agent";

  private static final Duration READY_LIMIT = Duration.ofSeconds(30);
  private static final Duration CHANGE_LIMIT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(20);

  private final Process process;
  private final AdminClient admin;
  private final DemoProcesses processes;

  private Agent(Process process, AdminClient admin, DemoProcesses processes) {
    this.process = process;
    this.admin = admin;
    this.processes = processes;
  }

  static Agent start(DemoProcesses processes, DemoHome home, InetSocketAddress adminAddress) {
    AdminClient admin = new AdminClient(adminAddress);
    return new Agent(processes.start(ROLE, command(home, admin)), admin, processes);
  }

  /** As the launcher starts it: the same JVM, options and classes as this process. */
  private static List<String> command(DemoHome home, AdminClient admin) {
    return Stream.of(
            List.of(Shop.javaBinary()),
            ManagementFactory.getRuntimeMXBean().getInputArguments(),
            List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()),
            List.of("run", "--config-dir", home.config().toString(), "--drain-seconds", "1"),
            List.of("--admin", admin.authority()))
        .flatMap(List::stream)
        .toList();
  }

  AdminClient admin() {
    return admin;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Returns when every pod of the shop is enrolled. */
  void awaitReady() {
    long deadlineNanos = System.nanoTime() + READY_LIMIT.toNanos();
    AdminClient.Answer ready = admin.get("/healthz/ready");
    while (ready.status() != 200) {
      if (!process.isAlive()) {
        throw new DemoFault(
            "the agent ended with status "
                + process.exitValue()
                + " before it was ready (./sluice doctor tells what this machine lacks):\n"
                + processes.logTail(ROLE));
      }
      if (System.nanoTime() > deadlineNanos) {
        throw new DemoFault(
            "the agent is not ready after "
                + READY_LIMIT.toSeconds()
                + " s: "
                + ready.text().strip()
                + "\n"
                + processes.logTail(ROLE));
      }
      Pause.of(POLL);
      ready = admin.get("/healthz/ready");
    }
  }

  /**
   * Does something to the configuration and returns when the agent works by it.
   *
   * @param mark what then stands in the agent's rules, and did not before
   * @return how long the agent took
   */
  Duration awaitChange(Runnable change, String mark) {
    change.run();
    long start = System.nanoTime();
    while (!admin.get("/config_dump").text().contains(mark)) {
      if (System.nanoTime() - start > CHANGE_LIMIT.toNanos()) {
        throw new DemoFault(
            "the agent did not take the changed file within "
                + CHANGE_LIMIT.toSeconds()
                + " s (expected: "
                + mark
                + " in "
                + admin.url("/config_dump")
                + "):\n"
                + processes.logTail(ROLE));
      }
      Pause.of(POLL);
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  void stop() {
    DemoProcesses.end(process.toHandle());
  }
}
