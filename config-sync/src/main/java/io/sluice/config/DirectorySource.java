package io.sluice.config;

import io.sluice.config.publish.Publisher;
import io.sluice.config.publish.ResourceStore;
import io.sluice.config.resource.MeshResource;
import io.sluice.config.resource.PodResource;
import io.sluice.config.translate.FileContent;
import io.sluice.config.translate.ManifestReader;
import io.sluice.config.watch.Bell;
import io.sluice.config.watch.DirectoryAlarm;
import io.sluice.config.watch.DirectoryReader;
import io.sluice.config.watch.FileText;
import io.sluice.config.watch.RestingFiles;
import io.sluice.config.watch.SeenFile;
import io.sluice.mesh.RouteTables;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.problem.Problem.Severity;
import io.sluice.mesh.problem.ResourceRef;
import io.sluice.mesh.workload.PodEvents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Configuration from a directory of Kubernetes YAML: {@code *.yaml}, {@code *.yml}, {@code *.json},
 * read at start and on change.
 *
 * <p>Whatever stands in the files, the source goes on: see {@link #status()} for what is wrong.
 * Methods may be called by any thread; tables and pod events come from {@code sluice-config} alone
 * (the first ones from the thread that calls {@link #start()}).
 */
public final class DirectorySource implements AutoCloseable {
  /** A change is looked at when the directory has been quiet for so long. */
  private static final Duration QUIET = Duration.ofMillis(20);

  /** And after so long in any case. */
  private static final Duration LATE = Duration.ofMillis(100);

  /** Changes that raise no event are seen within this time. */
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  private static final System.Logger LOG = System.getLogger(DirectorySource.class.getName());

  private final Path directory;
  private final RouteTables tables;
  private final InstantSource clock;
  private final Bell bell = new Bell(QUIET, LATE);
  private final DirectoryReader reader;
  private final RestingFiles files = new RestingFiles(this::arrivalOf);
  private final ManifestReader manifests = new ManifestReader();
  private final ResourceStore store = new ResourceStore();
  private final Publisher publisher;
  private final Map<String, List<InetAddress>> podAddresses = new ConcurrentHashMap<>();

  /** Files as they were translated last, so that only what has changed is translated again. */
  private final Map<String, Translated> translated = new HashMap<>();

  private SortedMap<String, FileText> texts = new TreeMap<>();
  private Set<Problem> logged = Set.of();
  private volatile ConfigStatus status = ConfigStatus.NONE;
  private volatile boolean closed;
  private @Nullable DirectoryAlarm alarm;
  private @Nullable Thread thread;

  /**
   * @param tables where tables are published; nobody else may publish there
   * @param pods told of pods after the table that fits them
   */
  public DirectorySource(Path directory, RouteTables tables, PodEvents pods) {
    this(directory, tables, pods, InstantSource.system());
  }

  DirectorySource(Path directory, RouteTables tables, PodEvents pods, InstantSource clock) {
    this.directory = directory;
    this.tables = tables;
    this.clock = clock;
    this.reader = new DirectoryReader(directory, clock);
    this.publisher = new Publisher(tables, pods, System::nanoTime);
  }

  /**
   * Reads all files once, so that the first table and all pods are told before it returns; then
   * watches. To be called once.
   *
   * @throws UncheckedIOException when there is no such directory
   */
  public void start() {
    if (!Files.isDirectory(directory)) {
      throw new UncheckedIOException(
          new NotDirectoryException(directory + " (expected: a directory with Kubernetes YAML)"));
    }
    alarm = new DirectoryAlarm(directory, bell);
    look(true);
    thread = Thread.ofPlatform().name("sluice-config").daemon().start(this::run);
  }

  /** How the configuration stands now. */
  public ConfigStatus status() {
    return status;
  }

  /**
   * Tells the addresses of a pod that were found in its namespace; used where its status names
   * none. A new table follows.
   *
   * @param uid of a pod that was told of; forgotten with it
   * @param addresses empty to forget them
   */
  public void podAddresses(String uid, List<InetAddress> addresses) {
    if (addresses.isEmpty()) {
      podAddresses.remove(uid);
    } else {
      podAddresses.put(uid, List.copyOf(addresses));
    }
    bell.ring();
  }

  /** Stops watching. What is in force stays in force. */
  @Override
  public void close() {
    closed = true;
    if (alarm != null) {
      alarm.close();
    }
    bell.ring();
    if (thread != null) {
      try {
        thread.join(CLOSE_LIMIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    while (!closed) {
      try {
        bell.await(untilNextLook());
        if (!closed) {
          look(false);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.log(
            Level.ERROR,
            "a change of " + directory + " was not taken over; what was in force stays",
            e);
      }
    }
  }

  private Duration untilNextLook() {
    return files
        .nextLook(System.nanoTime())
        .filter(due -> due.compareTo(LOOK_EVERY) < 0)
        .orElse(LOOK_EVERY);
  }

  private long arrivalOf(String name) {
    return alarm == null ? 0 : alarm.arrivalOf(name);
  }

  private void look(boolean first) {
    List<Problem> problems = new ArrayList<>();
    if (alarm != null) {
      alarm.arm();
    }
    try {
      SortedMap<String, SeenFile> seen = reader.read();
      texts = first ? files.takeAll(seen) : files.look(seen, System.nanoTime());
    } catch (IOException e) {
      problems.add(
          problem(
              directory.toString(),
              DirectoryReader.why(e),
              "a directory that can be read; what was in force stays"));
    }
    if (reader.unread() > 0) {
      problems.add(
          problem(
              directory.toString(),
              reader.unread() + " files that were not read",
              "at most " + DirectoryReader.FILES_MAX + " files; the first by name are read"));
    }
    for (String name : files.restless(System.nanoTime())) {
      problems.add(restless(name));
    }
    ResourceStore.Snapshot snapshot = store.update(contents());
    podAddresses.keySet().retainAll(uids(snapshot.resources()));
    boolean published = publisher.publish(snapshot, podAddresses);
    problems.addAll(snapshot.problems());
    problems.addAll(publisher.problems());
    update(snapshot.resources().size(), problems, published);
  }

  private static Problem restless(String name) {
    return new Problem(
        new ResourceRef("File", "", name),
        Severity.WARNING,
        "",
        "changes all the time",
        "a file that stays the same for a moment, so that it is not read half written: what was read"
            + " of it before stays in force; write to another name and rename",
        name);
  }

  private static Set<String> uids(List<MeshResource> resources) {
    Set<String> uids = new HashSet<>();
    for (MeshResource resource : resources) {
      if (resource instanceof PodResource pod) {
        uids.add(pod.uid());
      }
    }
    return uids;
  }

  private SortedMap<String, FileContent> contents() {
    SortedMap<String, FileContent> contents = new TreeMap<>();
    translated.keySet().retainAll(texts.keySet());
    texts.forEach((name, text) -> {
      Translated before = translated.get(name);
      if (before == null || !before.text().equals(text)) {
        before = new Translated(text, content(name, text));
        translated.put(name, before);
      }
      contents.put(name, before.content());
    });
    return contents;
  }

  private FileContent content(String name, FileText text) {
    return switch (text) {
      case FileText.Text readable -> manifests.read(name, readable.text());
      case FileText.Unreadable unreadable ->
          new FileContent(
              List.of(),
              List.of(problem(name, unreadable.value(), unreadable.expected())),
              false,
              Map.of());
    };
  }

  private static Problem problem(String file, String value, String expected) {
    return new Problem(
        new ResourceRef("File", "", file), Severity.ERROR, "", value, expected, file);
  }

  private void update(int resources, List<Problem> problems, boolean published) {
    List<Problem> sorted =
        problems.stream()
            .map(this::withLine)
            .sorted(Comparator.comparing(Problem::severity).thenComparing(Problem::resource))
            .toList();
    ConfigStatus before = status;
    logNew(sorted);
    status =
        new ConfigStatus(
            tables.current().generation(),
            publisher.lastCompile(),
            resources,
            sorted,
            published ? clock.instant() : before.lastChange());
    if (published) {
      LOG.log(
          Level.INFO,
          "table {0}: {1} resources, {2} problems, compiled in {3} ms",
          Long.toString(status.generation()),
          resources,
          sorted.size(),
          status.lastCompile().toMillis());
    }
  }

  /** web.yaml becomes web.yaml:12, where the object's document begins. */
  private Problem withLine(Problem problem) {
    Translated file = translated.get(problem.source());
    Integer line = file == null ? null : file.content().lines().get(problem.resource());
    return line == null ? problem : problem.in(problem.source() + ":" + line);
  }

  /** What has only moved to another line is not told again. */
  private void logNew(List<Problem> now) {
    Set<Problem> known = new HashSet<>();
    for (Problem problem : now) {
      Problem anywhere = problem.in("");
      if (known.add(anywhere) && !logged.contains(anywhere)) {
        LOG.log(problem.severity() == Severity.ERROR ? Level.ERROR : Level.WARNING, problem.line());
      }
    }
    logged = known;
  }

  private record Translated(FileText text, FileContent content) {}
}
