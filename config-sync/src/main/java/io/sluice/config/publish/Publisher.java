package io.sluice.config.publish;

import io.sluice.config.compile.Compiled;
import io.sluice.config.compile.Compiler;
import io.sluice.config.resource.MeshResource;
import io.sluice.config.resource.PodResource;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.problem.ResourceRef;
import io.sluice.mesh.workload.MeshPod;
import io.sluice.mesh.workload.PodEvent;
import io.sluice.mesh.workload.PodEvents;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Compiles and puts in force: the table first, so that a pod that is enrolled by the events after
 * it finds its rules. Nothing is published when nothing has changed.
 */
public final class Publisher {
  private final RouteTables tables;
  private final PodEvents pods;
  private final LongSupplier nanoTime;
  private Map<String, MeshPod> known = new LinkedHashMap<>();
  private Optional<List<MeshResource>> inForce = Optional.empty();
  private List<Problem> problems = List.of();
  private Duration lastCompile = Duration.ZERO;

  /**
   * @param nanoTime measures how long compiling takes
   */
  public Publisher(RouteTables tables, PodEvents pods, LongSupplier nanoTime) {
    this.tables = tables;
    this.pods = pods;
    this.nanoTime = nanoTime;
  }

  /**
   * Puts resources in force.
   *
   * @param learned addresses of pods whose status names none, by uid
   * @return whether anything was published
   */
  public boolean publish(ResourceStore.Snapshot snapshot, Map<String, List<InetAddress>> learned) {
    List<MeshResource> resources =
        snapshot.resources().stream().map(resource -> withAddresses(resource, learned)).toList();
    if (inForce.isPresent() && inForce.get().equals(resources)) {
      return false;
    }
    boolean first = inForce.isEmpty();
    // Before compiling: what fails is not tried again until something changes.
    inForce = Optional.of(resources);
    problems = List.of(notCompiled());
    long start = nanoTime.getAsLong();
    Compiled compiled = Compiler.compile(resources, tables.current().generation() + 1);
    lastCompile = Duration.ofNanos(nanoTime.getAsLong() - start);
    problems = compiled.problems();
    tables.publish(compiled.table());
    tell(compiled.pods(), first ? snapshot.badPods() : List.of());
    if (first) {
      pods.accept(new PodEvent.SnapshotDone());
    }
    return true;
  }

  /** Problems between the resources in force. */
  public List<Problem> problems() {
    return problems;
  }

  /** How long the last compilation took. */
  public Duration lastCompile() {
    return lastCompile;
  }

  /** Stands until compiling has come to its end; nobody sees it but where that threw. */
  private static Problem notCompiled() {
    return new Problem(
        new ResourceRef("Table", "", "route-table"),
        Problem.Severity.ERROR,
        "",
        "the last change was not taken over, for compiling it failed",
        "a table from any resources that are valid by themselves: this is a defect of Sluice, its log"
            + " says where; the table before stays in force");
  }

  private static MeshResource withAddresses(
      MeshResource resource, Map<String, List<InetAddress>> learned) {
    if (resource instanceof PodResource pod && pod.addresses().isEmpty()) {
      List<InetAddress> addresses = learned.get(pod.uid());
      return addresses == null ? pod : pod.withLearned(addresses);
    }
    return resource;
  }

  private void tell(List<MeshPod> now, List<String> bad) {
    Map<String, MeshPod> next = new LinkedHashMap<>();
    now.forEach(pod -> next.putIfAbsent(pod.uid(), pod));
    Map<String, MeshPod> before = known;
    known = next;
    before.keySet().stream()
        .filter(uid -> !next.containsKey(uid))
        .forEach(uid -> pods.accept(new PodEvent.Remove(uid)));
    next.values().stream()
        .filter(pod -> !pod.equals(before.get(pod.uid())))
        .forEach(pod -> pods.accept(new PodEvent.Add(pod)));
    bad.forEach(uid -> pods.accept(new PodEvent.Keep(uid)));
  }
}
