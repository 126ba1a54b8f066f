package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.testbed.Footprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many pods come and go, again and again, and nothing of them is left in the agent. */
class ChurnTest {

  private static final int PODS = Integer.getInteger("sluice.churn.pods", 200);
  private static final int ROUNDS = Integer.getInteger("sluice.churn.rounds", 3);

  /** 2-4 s is usual; a busy machine takes its time. */
  private static final long ENROL_SECONDS_MAX = 60;

  /** What code that was compiled meanwhile, and tables that grew once, may take. */
  private static final long HEAP_GROWTH_MAX = 1L << 20;

  /** Listeners of a pod with IPv4 and IPv6. */
  private static final int LISTENERS = 7;

  /** One of each lives for each pod. */
  private static final List<String> OF_A_POD =
      List.of(
          "SteeredPod", "NetworkNamespace", "PodListeners", "PodContext", "PodDatapath", "Holder");

  @TempDir Path directory;
  private Crowd crowd;
  private Library library;
  private AgentProcess agent;

  @BeforeEach
  void start() throws IOException {
    Needs.rootAnd("ip", "cat");
    crowd = new Crowd(PODS);
    library = new Library(Files.createDirectory(directory.resolve("config")));
    agent = AgentProcess.start(library.directory(), directory).awaitReady();
  }

  @AfterEach
  void stop() {
    if (agent != null) {
      agent.close();
    }
    if (crowd != null) {
      crowd.close();
    }
  }

  @Test
  void manyPodsEnrolAndLeaveWithoutATrace() {
    enrolAll();
    letGoOfAll();
    Footprint first = Footprint.of(agent.pid());
    double memory = directMemory();

    for (int round = 0; round < ROUNDS; round++) {
      enrolAll();
      if (round == 0) {
        assertThat(crowd.listeners(0)).isEqualTo(LISTENERS);
        assertThat(Footprint.of(agent.pid()).live("SteeredPod")).isEqualTo(PODS);
      }
      letGoOfAll();
    }
    assertAsBefore(first, memory);
    assertThat(crowd.listeners(0) + crowd.listeners(PODS - 1)).isZero();

    enrolAll();
    long start = System.nanoTime();
    crowd.die();
    Lab.await("the kernel frees all namespaces", () -> crowd.held() == 0);
    Lab.await("the agent has let go of all pods", () -> enrolled() == 0);
    System.out.printf("%d pods that died at once were freed after %.1f s%n", PODS, since(start));
    library.remove("crowd.yaml");
    Lab.await("no pod is shown", () -> shown() == 0);
    assertAsBefore(first, memory);
    assertThat(agent.complaints()).isEmpty();
  }

  private void assertAsBefore(Footprint first, double memory) {
    Footprint now = Footprint.of(agent.pid());
    System.out.printf(
        "heap %d -> %d bytes, files %s, BPF map entries %s, threads %d%n",
        first.heapBytes(), now.heapBytes(), now.files(), now.entries(), now.threads());
    // Sockets: those of whoever asks the admin pages.
    assertThat(withoutSockets(now.files())).isEqualTo(withoutSockets(first.files()));
    assertThat(now.open("socket")).isLessThanOrEqualTo(first.open("socket") + 2);
    assertThat(now.entries()).isEqualTo(first.entries());
    assertThat(now.threads()).isLessThanOrEqualTo(first.threads() + 4);
    assertThat(now.heapBytes()).isLessThan(first.heapBytes() + HEAP_GROWTH_MAX);
    assertThat(OF_A_POD).allSatisfy(each -> assertThat(now.live(each)).as(each).isZero());
    assertThat(grown(first, now)).as("objects that are more than before").isEmpty();
    assertThat(directMemory()).isLessThanOrEqualTo(memory + (1 << 20));
  }

  private static Map<String, Integer> withoutSockets(Map<String, Integer> files) {
    return files.entrySet().stream()
        .filter(each -> !each.getKey().equals("socket"))
        .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static List<String> grown(Footprint before, Footprint now) {
    List<String> grown = new ArrayList<>();
    now.objects()
        .forEach((name, count) -> {
          int had = before.objects().getOrDefault(name, 0);
          if (count - had >= PODS) {
            grown.add(name + ": " + had + " -> " + count);
          }
        });
    return grown;
  }

  private void enrolAll() {
    long start = System.nanoTime();
    library.write("crowd.yaml", crowd.yaml());
    awaitLong("all pods are enrolled", () -> enrolled() == PODS);
    System.out.printf("%d pods are enrolled after %.2f s%n", PODS, since(start));
  }

  private void letGoOfAll() {
    library.remove("crowd.yaml");
    awaitLong("no pod is shown", () -> shown() == 0);
  }

  private static void awaitLong(String what, java.util.function.BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(since(start)).as(what).isLessThan(ENROL_SECONDS_MAX);
      java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private int enrolled() {
    return (int) agent.metric("sluice_enrolled_pods", Map.of());
  }

  private int shown() {
    return (int) agent.metric("sluice_pods", Map.of());
  }

  private double directMemory() {
    return agent.metric("sluice_direct_memory_bytes", Map.of());
  }

  private static double since(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
