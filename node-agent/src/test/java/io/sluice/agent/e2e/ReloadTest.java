package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rules change all the time while clients send. A route for {@code /probe} is added to the
 * VirtualService by which the clients' own requests go, changed, broken, and removed. {@code
 * -Dsluice.e2e.reloads=400} does it more often.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReloadTest {

  private static final int CHANGES = Integer.getInteger("sluice.e2e.reloads", 100);
  private static final int CLIENTS = 64;
  private static final String SHELF = "10.96.9.1";
  private static final String NAME =
      "\"kind\" : \"VirtualService\",\\s*\"namespace\" : \"library\"";

  @TempDir static Path directory;

  private final List<Long> tookMillis = new ArrayList<>();
  private Lab lab;
  private AgentProcess agent;
  private Library library;
  private Process clients;
  private BufferedWriter commands;
  private Path answers;
  private int answersRead;

  @BeforeAll
  void start() throws IOException {
    Needs.rootAnd("ip");
    lab = new Lab(44, directory);
    Pod reader = lab.pod("reader", 11);
    Pod shelf = lab.pod("shelf", 13);
    library = new Library(Files.createDirectory(directory.resolve("config")));
    library.pod(reader);
    library.pod(shelf);
    library.write("service.yaml", SERVICE);
    library.write("rules.yaml", rules("30s", ""));
    lab.serve(shelf, java(HttpEchoServer.class, "8080"));
    agent = AgentProcess.start(library.directory(), directory).awaitReady();
    answers = Files.createFile(directory.resolve("answers"));
    clients =
        lab.serve(
            reader, java(KeepAliveClients.class, SHELF, "80", "" + CLIENTS, answers.toString()));
    commands = clients.outputWriter(StandardCharsets.US_ASCII);
  }

  @AfterAll
  void stop() {
    if (agent != null) {
      agent.close();
    }
    if (lab != null) {
      lab.close();
    }
  }

  /** What is wrong with a route, what stays in force, and what status has to say. */
  private enum Break {
    BAD_YAML("  - match: [{uri: {prefix: /probe}]\n", "document at line 1"),
    BAD_REGEX(
        "  - match: [{uri: {regex: '/pro(be'}}]\n    route: [{destination: {host: shelf}}]\n",
        "/pro(be"),
    NEGATIVE_TIMEOUT(
        "  - match: [{uri: {prefix: /probe}}]\n    timeout: -1s\n    route: [{destination: {host: shelf}}]\n",
        "-1s"),
    UNKNOWN_HOST(
        "  - match: [{uri: {prefix: /probe}}]\n    route: [{destination: {host: nowhere}}]\n",
        "nowhere"),
    DUPLICATE_NAME("", "rules.yaml already");

    private final String route;
    private final String told;

    Break(String route, String told) {
      this.route = route;
      this.told = told;
    }
  }

  @Test
  void noRequestFailsWhileRulesChange() throws IOException {
    int acceptedBefore = accepted();
    for (int cycle = 0; cycle < CHANGES / 4; cycle++) {
      Break kind = Break.values()[cycle % Break.values().length];
      // The clients' own route changes with it.
      String timeout = 30 + cycle % 2 + "s";
      change(timeout, abort(418), cycle, 418);
      change(timeout, abort(451), cycle, 451);
      breakIt(kind, timeout, cycle);
      change(timeout, "", cycle, 200);
      Lab.await("nothing is wrong any more, cycle " + cycle, () -> !named());
    }
    int acceptedAfter = accepted();
    say("end");
    String result = answer();
    Collections.sort(tookMillis);
    System.out.printf(
        "%d changes; %s; in force after p50 %d ms, max %d ms; connections at the server %d -> %d%n",
        CHANGES,
        result,
        tookMillis.get(tookMillis.size() / 2),
        tookMillis.getLast(),
        acceptedBefore,
        acceptedAfter);

    assertThat(result).matches("requests [1-9]\\d{2,} failed 0 .*");
    assertThat(acceptedAfter)
        .as("connections to the server stay open over changes of the table")
        .isLessThanOrEqualTo(2 * (CLIENTS + 1));
    assertThat(agent.log()).doesNotContain("was not taken over").doesNotContain("Exception");
  }

  private void change(String timeout, String route, int cycle, int status) {
    write(cycle, rules(timeout, route));
    long written = System.nanoTime();
    say("await " + status);
    assertThat(answer())
        .as("status of /probe in cycle %d%n%s", cycle, agent.log())
        .isEqualTo("" + status);
    tookMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - written));
  }

  /**
   * The route of the last good version stays, but for the unknown host: that is answered by 503.
   */
  private void breakIt(Break kind, String timeout, int cycle) {
    if (kind == Break.DUPLICATE_NAME) {
      library.write("second.yaml", rules(timeout, abort(500)));
    } else {
      write(cycle, rules(timeout, kind.route));
    }
    long written = System.nanoTime();
    Lab.await(kind + " is named by status", () -> named(kind));
    tookMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - written));
    say("await " + (kind == Break.UNKNOWN_HOST ? 503 : 451));
    assertThat(answer()).as(kind.toString()).isEqualTo(kind == Break.UNKNOWN_HOST ? "503" : "451");
    if (cycle < Break.values().length) {
      Lab.Run shown = agent.command("status");
      assertThat(shown.out()).as(shown.err()).contains("VirtualService library/shelf", kind.told);
    }
    if (kind == Break.DUPLICATE_NAME) {
      delete("second.yaml");
    }
  }

  private boolean named(Break kind) {
    String status = agent.get("/status");
    return named(status) && status.contains(kind.told);
  }

  private boolean named() {
    return named(agent.get("/status"));
  }

  private static boolean named(String status) {
    return java.util.regex.Pattern.compile(NAME + ",\\s*\"name\" : \"shelf\"")
        .matcher(status)
        .find();
  }

  /** Every other time in place, in two pieces, as a careless script does. */
  private void write(int cycle, String text) {
    if (cycle % 4 != 3) {
      library.write("rules.yaml", text);
      return;
    }
    try (var out = Files.newOutputStream(library.directory().resolve("rules.yaml"))) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.write(bytes, 0, bytes.length / 2);
      TimeUnit.MILLISECONDS.sleep(30);
      out.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void delete(String file) {
    try {
      Files.delete(library.directory().resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int accepted() {
    say("get /accepted");
    return Integer.parseInt(answer());
  }

  private void say(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String answer() {
    Lab.await("an answer of the clients", () -> Lab.read(answers).lines().count() > answersRead);
    return Lab.read(answers).lines().skip(answersRead++).findFirst().orElseThrow();
  }

  private static String[] java(Class<?> main, String... arguments) {
    String classes = Path.of(Lab.script("server.py")).getParent().getParent().toString();
    return Stream.concat(
            Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                classes,
                main.getName()),
            Stream.of(arguments))
        .toArray(String[]::new);
  }

  private static String abort(int status) {
    return """
      - match: [{uri: {prefix: /probe}}]
        fault: {abort: {httpStatus: %d, percentage: {value: 100}}}
        route: [{destination: {host: shelf}}]
    """
        .formatted(status);
  }

  private static String rules(String timeout, String route) {
    return """
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: {name: shelf, namespace: library}
    spec:
      hosts: [shelf]
      http:
    %s  - timeout: %s
        route: [{destination: {host: shelf}}]
    """
        .formatted(route, timeout);
  }

  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: shelf, namespace: library}
      spec:
        clusterIP: %s
        selector: {app: shelf}
        ports: [{name: http, port: 80, targetPort: 8080}]
      """
          .formatted(SHELF);
}
