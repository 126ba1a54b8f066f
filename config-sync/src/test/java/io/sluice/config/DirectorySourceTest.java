package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.mesh.RouteTables;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.workload.PodEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real directory that changes while it is watched. */
class DirectorySourceTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static final String NAMESPACE =
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {sluice.io/mesh: enabled}}\n";

  @TempDir private Path directory;

  private final RouteTables tables = new RouteTables();
  private final List<PodEvent> events = new CopyOnWriteArrayList<>();
  private DirectorySource source;

  @BeforeEach
  void makeSource() {
    source = new DirectorySource(directory, tables, events::add);
  }

  @AfterEach
  void closeSource() {
    source.close();
  }

  @Test
  void readsEverythingBeforeStartReturns() throws IOException {
    write("a.yaml", NAMESPACE);
    write("b.yml", service("web", "10.0.0.1") + "---\n" + pod("web-1", "shop"));
    write("c.json", "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": []}");

    source.start();

    assertThat(source.status().generation()).isEqualTo(1);
    assertThat(source.status().resources()).isEqualTo(3);
    assertThat(hasService("10.0.0.1")).isTrue();
    assertThat(events).hasSize(2);
    assertThat(events.get(0))
        .isInstanceOfSatisfying(
            PodEvent.Add.class,
            add -> {
              assertThat(add.pod().uid()).isEqualTo("shop/web-1");
              assertThat(add.pod().netnsPath()).isEqualTo("/run/netns/web-1");
            });
    assertThat(events.get(1)).isEqualTo(new PodEvent.SnapshotDone());
  }

  @Test
  void sayThatThereIsNoSuchDirectory() {
    DirectorySource lost = new DirectorySource(directory.resolve("none"), tables, events::add);

    assertThatThrownBy(lost::start)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("none")
        .hasMessageContaining("expected: a directory");
  }

  @Test
  void takesOverNewChangedAndDeletedFiles() throws IOException {
    source.start();
    write("web.yaml", service("web", "10.0.0.1"));
    await(() -> hasService("10.0.0.1"));

    write("web.yaml", service("web", "10.0.0.2"));
    await(() -> hasService("10.0.0.2") && !hasService("10.0.0.1"));

    Files.delete(directory.resolve("web.yaml"));
    await(() -> !hasService("10.0.0.2"));
  }

  @Test
  void aBadFileKeepsItsLastGoodResourcesAndHoldsNoOtherBack() throws IOException {
    write("web.yaml", service("web", "10.0.0.1"));
    source.start();

    write("web.yaml", service("web", "10.0.0.1").replace("port: 80", "port: 70000"));
    write("other.yaml", service("other", "10.0.0.9"));
    await(() -> hasService("10.0.0.9") && !source.status().problems().isEmpty());

    assertThat(hasService("10.0.0.1")).isTrue();
    assertThat(source.status().problems())
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.severity()).isEqualTo(Problem.Severity.ERROR);
          assertThat(problem.line())
              .isEqualTo(
                  "ERROR Service shop/web spec.ports[0].port: 70000 (expected: a port, 1..65535) in web.yaml:1");
        });

    write("web.yaml", service("web", "10.0.0.3"));
    await(() -> hasService("10.0.0.3") && source.status().problems().isEmpty());
  }

  @Test
  void aHalfWrittenFileKeepsWhatItCutsOff() throws IOException {
    String both = service("web", "10.0.0.1") + "---\n" + service("other", "10.0.0.2");
    write("all.yaml", both);
    source.start();

    write("all.yaml", both.substring(0, both.length() - 20) + "\n  \"unfinished");
    await(() -> !source.status().problems().isEmpty());
    assertThat(hasService("10.0.0.1")).isTrue();
    assertThat(hasService("10.0.0.2")).isTrue();

    write("all.yaml", "");
    await(() -> source.status().problems().toString().contains("empty"));
    assertThat(hasService("10.0.0.1")).isTrue();
    assertThat(hasService("10.0.0.2")).isTrue();

    write("all.yaml", both);
    await(() -> source.status().problems().isEmpty());
  }

  @Test
  void followsTheSwapOfAConfigMapsLink() throws IOException {
    Path first = Files.createDirectory(directory.resolve("..2026_01"));
    Files.writeString(first.resolve("web.yaml"), service("web", "10.0.0.1"));
    Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026_01"));
    Files.createSymbolicLink(directory.resolve("web.yaml"), Path.of("..data", "web.yaml"));
    source.start();
    assertThat(hasService("10.0.0.1")).isTrue();
    assertThat(source.status().resources()).isEqualTo(1);

    Path second = Files.createDirectory(directory.resolve("..2026_02"));
    Files.writeString(second.resolve("web.yaml"), service("web", "10.0.0.2"));
    Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..2026_02"));
    Files.move(
        directory.resolve("..data_tmp"),
        directory.resolve("..data"),
        StandardCopyOption.ATOMIC_MOVE);

    await(() -> hasService("10.0.0.2") && !hasService("10.0.0.1"));
  }

  @Test
  void seesAChangeBehindALinkThatRaisesNoEvent(@TempDir Path elsewhere) throws IOException {
    Path target = Files.writeString(elsewhere.resolve("x"), service("web", "10.0.0.1"));
    Files.createSymbolicLink(directory.resolve("web.yaml"), target);
    source.start();

    Files.writeString(target, service("web", "10.0.0.2"));

    await(() -> hasService("10.0.0.2"));
  }

  @Test
  void hiddenFilesAndOthersAreNotRead() throws IOException {
    for (String name :
        List.of(
            ".hidden.yaml", ".web.yaml.swp", "web.yaml~", "web.yaml.tmp", "#web.yaml#", "4913")) {
      write(name, service("web", "10.0.0.1"));
    }
    // Emacs' lock: a link to nothing.
    Files.createSymbolicLink(directory.resolve(".#web.yaml"), Path.of("me@host.123"));
    write("README.md", "no YAML: [");
    source.start();

    assertThat(source.status().resources()).isZero();
    assertThat(source.status().problems()).isEmpty();
  }

  @Test
  void filesThatAreTooLargeOrNoTextAreReported() throws IOException {
    write("large.yaml", "#".repeat(4 * 1024 * 1024 + 1));
    Files.write(directory.resolve("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    write("web.yaml", service("web", "10.0.0.1"));
    source.start();

    assertThat(hasService("10.0.0.1")).isTrue();
    assertThat(source.status().problems())
        .extracting(problem -> problem.resource().name())
        .containsExactly("binary.yaml", "large.yaml");
  }

  @Test
  void theDirectoryMayGoAndComeBack() throws IOException {
    Path lower = Files.createDirectory(directory.resolve("lower"));
    Files.writeString(lower.resolve("web.yaml"), service("web", "10.0.0.1"));
    try (DirectorySource other = new DirectorySource(lower, tables, events::add)) {
      other.start();
      Files.move(lower, directory.resolve("away"));
      await(() -> !other.status().problems().isEmpty());
      assertThat(hasService("10.0.0.1")).isTrue();

      Files.createDirectory(lower);
      Files.writeString(lower.resolve("web.yaml"), service("web", "10.0.0.2"));
      await(() -> hasService("10.0.0.2") && other.status().problems().isEmpty());
    }
  }

  @Test
  void ofTwoFilesWithTheSameResourceTheFirstByNameCounts() throws IOException {
    write("b.yaml", service("web", "10.0.0.2"));
    source.start();
    write("a.yaml", service("web", "10.0.0.1"));
    await(() -> hasService("10.0.0.1") && !hasService("10.0.0.2"));
    await(() -> !source.status().problems().isEmpty());
    assertThat(source.status().problems())
        .singleElement()
        .satisfies(problem ->
            assertThat(problem.line()).contains("it is in a.yaml already").endsWith("in b.yaml:1"));

    Files.delete(directory.resolve("a.yaml"));
    await(() -> hasService("10.0.0.2") && source.status().problems().isEmpty());
  }

  @Test
  void podsComeChangeAndGo() throws IOException {
    write("ns.yaml", NAMESPACE);
    source.start();
    write("pod.yaml", pod("web-1", "shop"));
    await(() -> events.size() == 2);
    assertThat(events.get(1)).isInstanceOf(PodEvent.Add.class);

    // A bad version changes nothing.
    write("pod.yaml", pod("web-1", "shop").replace("/run/netns/web-1", "relative"));
    await(() -> !source.status().problems().isEmpty());
    assertThat(events).hasSize(2);

    write("pod.yaml", pod("web-1", "shop").replace("/run/netns/web-1", "/run/netns/new"));
    await(() -> events.size() == 3);
    assertThat(((PodEvent.Add) events.get(2)).pod().netnsPath()).isEqualTo("/run/netns/new");

    Files.delete(directory.resolve("pod.yaml"));
    await(() -> events.size() == 4);
    assertThat(events.get(3)).isEqualTo(new PodEvent.Remove("shop/web-1"));
  }

  @Test
  void aPodThatCantBeReadAtStartIsKept() throws IOException {
    write("ns.yaml", NAMESPACE);
    write("pod.yaml", pod("web-1", "shop").replace("/run/netns/web-1", "relative"));
    source.start();

    assertThat(events)
        .containsExactly(new PodEvent.Keep("shop/web-1"), new PodEvent.SnapshotDone());
  }

  @Test
  void learnedAddressesLeadToThePod() throws IOException {
    write("ns.yaml", NAMESPACE);
    write("web.yaml", service("web", "10.0.0.1"));
    write("pod.yaml", pod("web-1", "shop"));
    source.start();
    InetAddress address = InetAddress.ofLiteral("10.1.0.7");
    assertThat(tables.current().workloadAt(address)).isEmpty();

    source.podAddresses("shop/web-1", List.of(address));

    await(() -> tables.current().workloadAt(address).isPresent());
    assertThat(tables.current().servicesOf(Given.socket("10.1.0.7", 8080))).hasSize(1);
    await(() -> source.status().generation() == 2);
    assertThat(events).as("whoever found them is not told of them").hasSize(2);
  }

  @Test
  void nothingIsPublishedWhenNothingHasChanged() throws IOException {
    write("web.yaml", service("web", "10.0.0.1"));
    source.start();
    Files.writeString(
        directory.resolve("web.yaml"),
        "\n# a comment\n",
        StandardCharsets.UTF_8,
        StandardOpenOption.APPEND);
    write("other.yaml", service("other", "10.0.0.2"));

    await(() -> source.status().resources() == 2);
    assertThat(tables.current().generation()).isEqualTo(2);
  }

  private boolean hasService(String clusterIp) {
    return tables.current().serviceAt(Given.socket(clusterIp, 80)).isPresent();
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private static String service(String name, String clusterIp) {
    return """
    apiVersion: v1
    kind: Service
    metadata: {name: %s, namespace: shop}
    spec:
      clusterIP: %s
      selector: {app: web}
      ports: [{name: http, port: 80, targetPort: 8080}]
    """
        .formatted(name, clusterIp);
  }

  private static String pod(String name, String namespace) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: %s
      namespace: %s
      labels: {app: web}
      annotations: {sluice.io/netns: /run/netns/%s}
    """
        .formatted(name, namespace, name);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited " + LIMIT).isLessThan(end);
      Thread.onSpinWait();
      java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
    }
  }
}
