package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code sluice run} in a process of its own, with little memory: what buffers a whole body fails.
 */
final class AgentProcess implements AutoCloseable {

  private static final int MISSING_STATUS = -1;

  private final Process process;
  private final Path log;
  private final InetSocketAddress admin;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private AgentProcess(Process process, Path log, InetSocketAddress admin) {
    this.process = process;
    this.log = log;
    this.admin = admin;
  }

  /** Starts it and does not wait. */
  static AgentProcess start(Path configDirectory, Path directory, String... moreOptions) {
    try {
      InetSocketAddress admin = freePort();
      Path log = Files.createTempFile(directory, "agent", ".log");
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx96m",
                  "-XX:MaxDirectMemorySize=64m",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  Main.class.getName(),
                  "run",
                  "--config-dir",
                  configDirectory.toString(),
                  "--admin",
                  "127.0.0.1:" + admin.getPort()));
      command.addAll(List.of(moreOptions));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      return new AgentProcess(process, log, admin);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until every pod of its configuration is enrolled. */
  AgentProcess awaitReady() {
    Lab.await("agent is ready", () -> !process.isAlive() || statusOf("/healthz/ready") == 200);
    assertThat(process.isAlive()).as("agent runs; its log:%n%s", log()).isTrue();
    return this;
  }

  long pid() {
    return process.pid();
  }

  String log() {
    return Lab.read(log);
  }

  /** What it logged as a warning or worse. */
  List<String> complaints() {
    return log().lines().filter(line -> line.matches("\\S+ (WARN|ERROR).*")).toList();
  }

  Process process() {
    return process;
  }

  String get(String path) {
    try {
      return http.send(request(path), HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(path + "; agent's log:\n" + log(), e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs {@code sluice COMMAND} on this agent. */
  Lab.Run command(String command) {
    return Lab.run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Main.class.getName(),
            command,
            "--admin",
            "127.0.0.1:" + admin.getPort()));
  }

  /** The sum of all series of that name which carry these labels. */
  double metric(String name, Map<String, String> labels) {
    return get("/metrics")
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> labels.entrySet().stream().allMatch(each -> has(line, each)))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Highest resident memory so far, bytes. */
  long peakMemory() {
    return Lab.read(Path.of("/proc/" + pid() + "/status"))
        .lines()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }

  /**
   * SIGKILL.
   *
   * @return when the signal had been sent, as {@code System.nanoTime}
   */
  long kill() {
    process.destroyForcibly();
    long sent = System.nanoTime();
    awaitExit();
    return sent;
  }

  /** SIGTERM; returns without waiting. */
  void terminate() {
    process.destroy();
  }

  int awaitExit() {
    try {
      assertThat(process.waitFor(30, TimeUnit.SECONDS))
          .as("agent ends; its log:%n%s", log())
          .isTrue();
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      process.destroyForcibly();
      awaitExit();
    }
  }

  /** The HTTP status; -1 when nobody answers. */
  int statusOf(String path) {
    try {
      return http.send(request(path), HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return MISSING_STATUS;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin.getPort() + path))
        .timeout(Duration.ofSeconds(5))
        .build();
  }

  private static boolean has(String line, Map.Entry<String, String> label) {
    return line.contains("{" + label.getKey() + "=\"" + label.getValue() + "\"")
        || line.contains("," + label.getKey() + "=\"" + label.getValue() + "\"");
  }

  private static InetSocketAddress freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
    }
  }
}
