package io.sluice.agent.demo;

import io.sluice.agent.demo.shop.Page;
import io.sluice.agent.demo.shop.ShopApp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The shop's apps as processes: each in its namespace, none of them knows of the mesh. */
final class Shop {
  /** How long the outside service takes for an answer. */
  static final Duration DELAY = Duration.ofSeconds(20);

  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int CONNECT_LIMIT_MILLIS = 500;

  /** Small and quick to start: the shop must not take the machine away from the agent. */
  private static final List<String> JVM_OPTIONS =
      List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx32m");

  private final DemoHome home;
  private final AddressPlan plan;
  private final Certificates certificates;
  private final List<Process> running = new ArrayList<>();

  Shop(DemoHome home, AddressPlan plan, Certificates certificates) {
    this.home = home;
    this.plan = plan;
    this.certificates = certificates;
  }

  /** Starts the apps and returns when each of them listens. */
  void open(DemoProcesses processes) {
    writeHosts();
    start(
        processes,
        ShopNetwork.EXTERNAL,
        "driver-monitoring",
        certificates.keyStore().toString(),
        Long.toString(DELAY.toSeconds()));
    start(processes, ShopNetwork.STAFF, "staff-service");
    start(processes, ShopNetwork.POSITION, "position-tracker");
    start(processes, ShopNetwork.WEBAPP, "webapp");
    long deadlineNanos = System.nanoTime() + START_LIMIT.toNanos();
    awaitListening(processes, "driver-monitoring", plan.external(), 443, deadlineNanos);
    awaitListening(processes, "staff-service", plan.staff(), ShopApp.PORT, deadlineNanos);
    awaitListening(processes, "position-tracker", plan.position(), ShopApp.PORT, deadlineNanos);
    awaitListening(processes, "webapp", plan.webapp(), ShopApp.PORT, deadlineNanos);
  }

  void close() {
    running.forEach(Process::destroyForcibly);
  }

  /** One call of the app that is not in the mesh. */
  Page payroll() {
    String output =
        Commands.require(command(ShopNetwork.PLAIN, "payroll", certificates.ca().toString()));
    return Page.parse(output);
  }

  private void start(DemoProcesses processes, String namespace, String role, String... more) {
    String[] arguments = Stream.concat(Stream.of(role), Stream.of(more)).toArray(String[]::new);
    running.add(processes.start(role, command(namespace, arguments)));
  }

  private List<String> command(String namespace, String... arguments) {
    return Stream.of(
            List.of("ip", "netns", "exec", namespace, javaBinary()),
            JVM_OPTIONS,
            List.of("-Djdk.net.hosts.file=" + home.hosts()),
            List.of("-cp", classPath(), ShopApp.class.getName()),
            List.of(arguments))
        .flatMap(List::stream)
        .toList();
  }

  static String javaBinary() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Where the apps' classes lie; they need nothing but the JDK. */
  private static String classPath() {
    try {
      return Path.of(ShopApp.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException impossible) {
      throw new DemoFault("can't tell where Sluice's own classes are", impossible);
    }
  }

  /** The names that a cluster's DNS would know, and the one of the outside. */
  private void writeHosts() {
    try {
      Files.writeString(
          home.hosts(),
          """
          127.0.0.1 localhost
          %s %s
          %s %s
          %s %s
          """
              .formatted(
                  plan.staffService(), ShopApp.STAFF_HOST,
                  plan.positionService(), ShopApp.POSITION_HOST,
                  plan.external(), ShopApp.DRIVER_HOST));
    } catch (IOException failed) {
      throw new DemoFault("can't write " + home.hosts() + ": " + failed, failed);
    }
  }

  private void awaitListening(
      DemoProcesses processes, String role, String address, int port, long deadlineNanos) {
    while (!listens(address, port)) {
      boolean late = System.nanoTime() > deadlineNanos;
      if (late || running.stream().anyMatch(process -> !process.isAlive())) {
        throw new DemoFault(
            role
                + " does not listen on "
                + address
                + ":"
                + port
                + (late ? " after " + START_LIMIT.toSeconds() + " s" : ": an app has ended")
                + "\n"
                + processes.logTail(role));
      }
      Pause.of(POLL);
    }
  }

  private static boolean listens(String address, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), CONNECT_LIMIT_MILLIS);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }
}
