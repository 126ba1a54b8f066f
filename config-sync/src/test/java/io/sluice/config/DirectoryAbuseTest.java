package io.sluice.config;

import static io.sluice.config.WatchedDirectory.await;
import static io.sluice.config.WatchedDirectory.pod;
import static io.sluice.config.WatchedDirectory.run;
import static io.sluice.config.WatchedDirectory.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.WatchedDirectory.Watch;
import io.sluice.mesh.workload.PodEvent;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a directory may hold that is no honest file: each is told, none holds another back. */
class DirectoryAbuseTest {
  private static final String WEB = "10.0.0.1";
  private static final String CARD = "10.0.0.2";

  @TempDir private Path path;
  private WatchedDirectory directory;

  @BeforeEach
  void open() {
    directory = new WatchedDirectory(path);
    directory.write("card.yaml", service("card", CARD));
  }

  @AfterEach
  void close() {
    directory.close();
    assertThat(directory.has(CARD)).as("the honest file's service").isTrue();
  }

  @Test
  void whatIsNoFileIsTold() throws IOException, InterruptedException {
    run(() -> {
      Files.createDirectory(directory.path("directory.yaml"));
      Files.createSymbolicLink(directory.path("dangling.yaml"), Path.of("nowhere"));
      Files.createSymbolicLink(directory.path("loop.yaml"), Path.of("loop.yaml"));
      // Root may read whatever a file's mode forbids, but not this.
      Files.createSymbolicLink(directory.path("denied.yaml"), Path.of("/proc/sys/vm/drop_caches"));
    });
    // Opening a pipe that nobody writes to would wait for ever.
    String pipe = directory.path("pipe.yaml").toString();
    assertThat(new ProcessBuilder("mkfifo", pipe).start().waitFor()).isZero();
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(directory.path("socket.yaml")));
      directory.start();
    }

    assertThat(directory.problems())
        .map(line -> line.substring(0, line.indexOf(" (expected")))
        .containsExactly(
            "ERROR File dangling.yaml: a link to nothing",
            "ERROR File denied.yaml: permission denied",
            "ERROR File directory.yaml: a directory",
            "ERROR File loop.yaml: Too many levels of symbolic links or unable to access"
                + " attributes of symbolic link",
            "ERROR File pipe.yaml: a pipe, socket or device",
            "ERROR File socket.yaml: a pipe, socket or device");
  }

  @Test
  void aFileThatTurnsIntoAnotherThingKeepsItsResources() {
    directory.write("web.yaml", service("web", WEB));
    directory.start();
    try (Watch web = directory.always(table -> WatchedDirectory.has(table, WEB))) {
      directory.delete("web.yaml");
      run(() -> Files.createDirectory(directory.path("web.yaml")));
      await("directory", () -> directory.problems().toString().contains("a directory"));

      directory.delete("web.yaml");
      directory.link("web.yaml", "nowhere");
      await("link", () -> directory.problems().toString().contains("a link to nothing"));

      directory.rename("web.yaml", service("web", WEB) + "---\n" + service("b", "10.0.0.3"));
      await("file", () -> directory.has("10.0.0.3") && directory.problems().isEmpty());
    }
  }

  @Test
  void otherWaysToWriteText() {
    directory.write("bom.yaml", "\ufeff" + service("bom", "10.0.1.1"));
    directory.write(
        "crlf.yaml",
        (service("a", "10.0.1.2") + "---\n" + service("b", "10.0.1.3")).replace("\n", "\r\n"));
    directory.write(
        "all.json",
        """
        {"apiVersion": "v1", "kind": "List", "items": [
          {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "json", "namespace": "shop"},
           "spec": {"clusterIP": "10.0.1.4", "ports": [{"name": "http", "port": 80}]}}]}\
        """);
    directory.write(
        "list.yml",
        """
        apiVersion: v1
        kind: List
        items:
        - {apiVersion: v1, kind: Service, metadata: {name: bad, namespace: shop}, spec: {ports: [{port: 0}]}}
        - {apiVersion: v1, kind: Service, metadata: {name: good, namespace: shop}, spec: {clusterIP: 10.0.1.5, ports: [{port: 80}]}}
        """);
    directory.start();

    for (int last = 1; last <= 5; last++) {
      assertThat(directory.has("10.0.1." + last)).as("10.0.1.%d", last).isTrue();
    }
    assertThat(directory.problems())
        .singleElement()
        .asString()
        .startsWith("ERROR Service shop/bad spec.ports[0].port: 0")
        .endsWith("in list.yml:1");
  }

  @Test
  void textThatIsNone() throws IOException {
    Files.write(directory.path("utf16.yaml"), service("w", WEB).getBytes(StandardCharsets.UTF_16));
    Files.write(
        directory.path("utf16le.yaml"), service("w", WEB).getBytes(StandardCharsets.UTF_16LE));
    directory.write("tabs.yaml", "kind: Service\nmetadata:\n\tname: web\n");
    directory.write("twice.yaml", "kind: Pod\nmetadata: {name: p}\nspec: {}\nspec: {}\n");
    directory.write("html.yaml", "<!DOCTYPE html><html><body>404</body></html>\n");
    directory.write("large.yaml", "# " + "x".repeat(5 << 20) + "\n");
    directory.start();

    assertThat(directory.problems())
        .hasSize(6)
        .anyMatch(line -> line.contains("utf16.yaml: bytes that are not UTF-8"))
        .anyMatch(line -> line.contains("utf16le.yaml: zero bytes, as UTF-16 has"))
        .anyMatch(
            line -> line.startsWith("ERROR Service default/web") && line.endsWith("in tabs.yaml:3"))
        .anyMatch(line -> line.contains("Pod default/p") && line.contains("duplicate key spec"))
        .anyMatch(line -> line.contains("html.yaml") && line.contains("a Kubernetes object"))
        .anyMatch(line -> line.contains("large.yaml: more than 4194304 bytes"));
  }

  @Test
  void bombsOfAliases() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int level = 1; level < 20; level++) {
      String before = "*a" + (level - 1);
      bomb.append(
          "a%d: &a%d [%s]\n"
              .formatted(
                  level, level, String.join(", ", java.util.Collections.nCopies(9, before))));
    }
    directory.write("bomb.yaml", bomb.toString());
    directory.write("self.yaml", "kind: &k\n  again: *k\n");
    directory.write("deep.yaml", "[".repeat(100_000));
    directory.write("merge.yaml", "a: &a {x: 1}\nb:\n" + "  <<: *a\n".repeat(2));
    directory.start();

    assertThat(directory.problems()).hasSize(4).allMatch(line -> line.startsWith("ERROR File"));
  }

  @Test
  void oneBadDocumentKeepsItsOwnAndLetsTheOthersOn() {
    String bad = "---\n# the web\n" + service("web", WEB);
    directory.write("all.yaml", service("one", "10.0.0.3") + bad);
    directory.start();

    directory.write("all.yaml", service("one", "10.0.0.4") + bad.replace("ports: [", "ports: [{"));
    await("the good document", () -> directory.has("10.0.0.4") && !directory.problems().isEmpty());
    assertThat(directory.has(WEB)).isTrue();
    assertThat(directory.problems())
        .singleElement()
        .asString()
        .startsWith("ERROR Service shop/web document at line")
        .endsWith("in all.yaml:16");

    directory.write("all.yaml", service("one", "10.0.0.4") + bad.replace("port: 80", "port: http"));
    await("the field", () -> directory.problems().toString().contains("spec.ports[0].port"));
    assertThat(directory.problems()).singleElement().asString().endsWith("in all.yaml:10");
    assertThat(directory.has(WEB)).isTrue();
  }

  @Test
  void filesThatComeAndGoWhileTheyAreRead() throws InterruptedException {
    directory.start();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread churn =
        Thread.ofPlatform()
            .start(() -> {
              try {
                for (int round = 0; round < 400; round++) {
                  Path file = directory.path("churn-" + round % 7 + ".yaml");
                  Files.writeString(file, service("churn-" + round % 7, "10.1.0." + round % 7));
                  Files.deleteIfExists(directory.path("churn-" + (round + 3) % 7 + ".yaml"));
                }
                for (int each = 0; each < 7; each++) {
                  Files.deleteIfExists(directory.path("churn-" + each + ".yaml"));
                }
              } catch (IOException | RuntimeException e) {
                failure.set(e);
              }
            });
    churn.join();
    directory.write("last.yaml", service("last", WEB));

    await("only what is left", () -> directory.has(WEB) && directory.status().resources() == 2);
    assertThat(failure.get()).isNull();
    assertThat(directory.problems()).isEmpty();
  }

  /** More events than the kernel queues, and more files than are read. */
  @Test
  void tooManyFiles() throws IOException {
    directory.start();
    for (int number = 0; number < 2_100; number++) {
      Files.writeString(directory.path("n%04d.yaml".formatted(number)), "# " + number + "\n");
    }
    await("told", () -> directory.problems().toString().contains("101 files that were not read"));

    for (int number = 0; number < 2_100; number++) {
      Files.delete(directory.path("n%04d.yaml".formatted(number)));
    }
    directory.write("web.yaml", service("web", WEB));
    await("all is well", () -> directory.has(WEB) && directory.problems().isEmpty());
  }

  @Test
  void theTimeOfModificationIsNotBelieved() throws IOException {
    directory.write("web.yaml", service("web", WEB));
    FileTime old = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    Files.setLastModifiedTime(directory.path("web.yaml"), old);
    directory.start();
    // Until it counts as settled, it is read again for that reason alone.
    WatchedDirectory.pause(3_000);

    // As many bytes, in the same file, of the same time.
    directory.write("web.yaml", service("web", "10.0.0.9"));
    Files.setLastModifiedTime(directory.path("web.yaml"), old);

    await("the change", () -> directory.has("10.0.0.9"));
  }

  @Test
  void theClockMayJump() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    directory.close();
    try (WatchedDirectory jumping = new WatchedDirectory(path, now::get)) {
      jumping.start();
      directory = jumping;
      List<Long> hours = new ArrayList<>(List.of(0L, 48L, -48L, 100_000L));
      for (int jump = 0; jump < hours.size(); jump++) {
        now.set(Instant.now().plusSeconds(3600 * hours.get(jump)));
        String ip = "10.0.2." + jump;
        jumping.write("web.yaml", service("web", ip));
        await("a change after a jump of " + hours.get(jump) + " h", () -> jumping.has(ip));
      }
    }
  }

  @Test
  void twoOfAName() {
    directory.write("a.yaml", service("web", WEB) + "---\n" + pod("web-1"));
    directory.write("b.yaml", "# second\n" + service("web", "10.0.0.7"));
    directory.write("ns.yaml", WatchedDirectory.NAMESPACE);
    directory.start();
    assertThat(directory.has(WEB)).isTrue();
    assertThat(directory.has("10.0.0.7")).isFalse();
    assertThat(directory.problems())
        .containsExactly(
            "ERROR Service shop/web metadata.name: web (expected: a name that nothing else of its kind"
                + " has: it is in a.yaml already, and that one counts; rename one or take it out) in b.yaml:2");

    // The first goes, and the second takes its place at the same moment.
    try (Watch either =
        directory.always(
            table -> WatchedDirectory.has(table, WEB) != WatchedDirectory.has(table, "10.0.0.7"))) {
      directory.write("a.yaml", pod("web-1"));
      await("the second", () -> directory.has("10.0.0.7") && directory.problems().isEmpty());
    }
    assertThat(directory.events()).filteredOn(PodEvent.Remove.class::isInstance).isEmpty();
  }

  @Test
  void aDirectoryBehindALinkThatIsSwapped(@TempDir Path elsewhere) throws IOException {
    directory.start();
    Path one = Files.createDirectory(elsewhere.resolve("one"));
    Path two = Files.createDirectory(elsewhere.resolve("two"));
    Files.writeString(one.resolve("web.yaml"), service("web", WEB));
    Files.writeString(two.resolve("web.yaml"), service("web", "10.0.0.5"));
    Path config = Files.createSymbolicLink(elsewhere.resolve("config"), one);
    try (WatchedDirectory linked = new WatchedDirectory(config)) {
      linked.start();
      Files.createSymbolicLink(elsewhere.resolve("next"), two);
      Files.move(elsewhere.resolve("next"), config, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      await("the other directory", () -> linked.has("10.0.0.5"));
      linked.write("more.yaml", service("more", "10.0.0.6"));
      await("it is watched", () -> linked.has("10.0.0.6"));
    }
  }
}
