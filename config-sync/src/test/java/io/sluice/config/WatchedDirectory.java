package io.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.RouteTable;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.workload.PodEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** A directory with a source on it, and hands to do things to the one and look at the other. */
final class WatchedDirectory implements AutoCloseable {
  static final String NAMESPACE =
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {sluice.io/mesh: enabled}}\n";

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Path path;
  private final RouteTables tables = new RouteTables();
  private final List<PodEvent> events = new CopyOnWriteArrayList<>();
  private final DirectorySource source;

  WatchedDirectory(Path path) {
    this(path, InstantSource.system());
  }

  WatchedDirectory(Path path, InstantSource clock) {
    this.path = path;
    this.source = new DirectorySource(path, tables, events::add, clock);
  }

  void start() {
    source.start();
  }

  @Override
  public void close() {
    source.close();
  }

  Path path(String name) {
    return path.resolve(name);
  }

  void write(String name, String text) {
    run(() -> Files.writeString(path(name), text));
  }

  void rename(String name, String text) {
    run(() -> {
      Files.writeString(path(".part"), text);
      Files.move(path(".part"), path(name), StandardCopyOption.ATOMIC_MOVE);
    });
  }

  void delete(String name) {
    run(() -> Files.delete(path(name)));
  }

  void link(String name, String target) {
    run(() -> Files.createSymbolicLink(path(name), Path.of(target)));
  }

  RouteTable table() {
    return tables.current();
  }

  boolean has(String clusterIp) {
    return has(tables.current(), clusterIp);
  }

  static boolean has(RouteTable table, String clusterIp) {
    return table.serviceAt(Given.socket(clusterIp, 80)).isPresent();
  }

  ConfigStatus status() {
    return source.status();
  }

  /** The problems of now, a line each. */
  List<String> problems() {
    return source.status().problems().stream().map(Problem::line).toList();
  }

  List<PodEvent> events() {
    return events;
  }

  /** Looks at each table that is published, until closed; then tells the first that was wrong. */
  Watch always(Predicate<RouteTable> holds) {
    return new Watch(holds);
  }

  static String service(String name, String clusterIp) {
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

  static String pod(String name) {
    return """
    apiVersion: v1
    kind: Pod
    metadata:
      name: %1$s
      namespace: shop
      labels: {app: web}
      annotations: {sluice.io/netns: /run/netns/%1$s}
    """
        .formatted(name);
  }

  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s, waited %s", what, LIMIT).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** A writer that takes its time. */
  static void pause(long millis) {
    LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
  }

  static void run(Action action) {
    try {
      action.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  interface Action {
    void run() throws IOException;
  }

  final class Watch implements AutoCloseable {
    private final Predicate<RouteTable> holds;
    private final AtomicReference<Optional<Long>> wrong = new AtomicReference<>(Optional.empty());
    private final Thread thread;
    private volatile boolean closed;

    private Watch(Predicate<RouteTable> holds) {
      this.holds = holds;
      this.thread = Thread.ofPlatform().start(this::look);
    }

    private void look() {
      while (!closed) {
        RouteTable table = tables.current();
        if (!holds.test(table)) {
          wrong.compareAndSet(Optional.empty(), Optional.of(table.generation()));
        }
        LockSupport.parkNanos(200_000);
      }
    }

    @Override
    public void close() {
      closed = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      assertThat(wrong.get()).as("generation in which something was missing").isEmpty();
    }
  }
}
