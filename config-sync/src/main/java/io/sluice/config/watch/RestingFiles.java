package io.sluice.config.watch;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Takes a file over when it has come to rest. Half of a YAML file is often valid YAML: it lacks
 * some pods or routes, and no parser can tell. So a version counts once it has stayed the same for
 * a while, and until then the one before it does.
 *
 * <pre>
 *   written in place   ...w..ww.w|---- 300 ms ----> in force   (600 ms when the last line has no end)
 *   renamed over it              r|- 50 ms -> in force
 *   deleted                      d|- 100 ms -> gone
 * </pre>
 *
 * <p>All changes come into force together when all are at rest: a resource that moves from one file
 * to another is in force throughout. A file that finds no rest holds the others back for a limited
 * time only.
 *
 * <p>Times are measured on a clock that only goes forward, between this class's own looks: what a
 * file says of its time of change may come from another machine. One thread.
 */
public final class RestingFiles {
  /** A writer may pause for almost so long: longer than TCP waits before it sends again. */
  static final Duration REST = Duration.ofMillis(300);

  /** The same, for a text that stops within a line: most likely it goes on. */
  static final Duration REST_UNENDED = Duration.ofMillis(600);

  /** A file that arrived by its name, not by writing, is whole; its events may be on their way. */
  static final Duration REST_ARRIVED = Duration.ofMillis(50);

  /** Editors and version control delete a file and write it anew. */
  static final Duration REST_GONE = Duration.ofMillis(100);

  /** A change waits no longer for others; above {@link #REST_UNENDED}, so that order is kept. */
  static final Duration LATE = Duration.ofMillis(700);

  /** A removal waits longer: it may be the first half of a replacement that is going on. */
  static final Duration LATE_GONE = Duration.ofSeconds(5);

  /** A file that changes all the time is reported after so long. */
  static final Duration RESTLESS = Duration.ofSeconds(10);

  private final ToLongFunction<String> arrivals;
  private final Map<String, Change> pending = new HashMap<>();

  /** Of each name that arrived, which arrival it was that has been looked at. */
  private final Map<String, Long> arrivalsSeen = new HashMap<>();

  private SortedMap<String, FileText> inForce = new TreeMap<>();

  /**
   * @param arrivals number of a file's last arrival by rename or link, if nothing has been written
   *     to it since; else 0. Numbers are never used again.
   */
  public RestingFiles(ToLongFunction<String> arrivals) {
    this.arrivals = arrivals;
  }

  /** All files as they are, without waiting: for the first look, where nothing can be lost. */
  public SortedMap<String, FileText> takeAll(SortedMap<String, SeenFile> seen) {
    pending.clear();
    SortedMap<String, FileText> texts = new TreeMap<>();
    seen.forEach((name, file) -> {
      texts.put(name, file.text());
      arrivalsSeen.put(name, arrivals.applyAsLong(name));
    });
    inForce = texts;
    return inForce;
  }

  /**
   * The files that are to be used now.
   *
   * @param seen all files of the directory
   * @param nowNanos of a monotonic clock
   */
  public SortedMap<String, FileText> look(SortedMap<String, SeenFile> seen, long nowNanos) {
    SortedSet<String> names = new TreeSet<>(seen.keySet());
    names.addAll(inForce.keySet());
    names.addAll(pending.keySet());
    names.forEach(name -> note(name, seen.get(name), nowNanos));
    arrivalsSeen.keySet().retainAll(names);
    take(nowNanos);
    return inForce;
  }

  /** In how long something may come to rest; empty when nothing is pending. */
  public Optional<Duration> nextLook(long nowNanos) {
    return pending.entrySet().stream()
        .map(entry -> dueIn(entry.getKey(), entry.getValue(), nowNanos))
        .min(Duration::compareTo);
  }

  /** The files that have been changing for so long that somebody should know. */
  public SortedSet<String> restless(long nowNanos) {
    SortedSet<String> names = new TreeSet<>();
    pending.forEach((name, change) -> {
      if (nowNanos - change.firstNanos() >= RESTLESS.toNanos()) {
        names.add(name);
      }
    });
    return names;
  }

  private void note(String name, @Nullable SeenFile file, long nowNanos) {
    FileText text = file == null ? null : file.text();
    if (Objects.equals(text, inForce.get(name))) {
      pending.remove(name);
      arrivalsSeen.put(name, arrivals.applyAsLong(name));
      return;
    }
    Change before = pending.get(name);
    if (before == null || !Objects.equals(before.file(), file)) {
      long first = before == null ? nowNanos : before.firstNanos();
      pending.put(name, new Change(file, nowNanos, first, newArrival(name)));
    }
  }

  /** An arrival vouches for the version that came with it, not for what is written later. */
  private long newArrival(String name) {
    long arrival = arrivals.applyAsLong(name);
    Long before = arrivalsSeen.put(name, arrival);
    return before != null && before == arrival ? 0 : arrival;
  }

  private void take(long nowNanos) {
    boolean allRest =
        pending.entrySet().stream()
            .allMatch(entry -> atRest(entry.getKey(), entry.getValue(), nowNanos));
    SortedMap<String, FileText> next = new TreeMap<>(inForce);
    boolean any =
        pending
            .entrySet()
            .removeIf(entry -> {
              Change change = entry.getValue();
              boolean taken =
                  allRest
                      || (atRest(entry.getKey(), change, nowNanos)
                          && nowNanos - change.sinceNanos() >= late(change).toNanos());
              if (taken) {
                put(next, entry.getKey(), change);
              }
              return taken;
            });
    if (any) {
      inForce = next;
    }
  }

  private static void put(SortedMap<String, FileText> texts, String name, Change change) {
    SeenFile file = change.file();
    if (file == null) {
      texts.remove(name);
    } else {
      texts.put(name, file.text());
    }
  }

  private Duration dueIn(String name, Change change, long nowNanos) {
    long age = nowNanos - change.sinceNanos();
    long rest = rest(name, change).toNanos();
    long wait = age < rest ? rest - age : late(change).toNanos() - age;
    return Duration.ofNanos(Math.max(wait, TimeUnit.MILLISECONDS.toNanos(1)));
  }

  private boolean atRest(String name, Change change, long nowNanos) {
    return nowNanos - change.sinceNanos() >= rest(name, change).toNanos();
  }

  private Duration rest(String name, Change change) {
    SeenFile file = change.file();
    if (file == null) {
      return REST_GONE;
    }
    if (!(file.text() instanceof FileText.Text text)) {
      return REST;
    }
    if (text.text().isBlank()) {
      return REST_UNENDED;
    }
    if (change.arrival() != 0 && change.arrival() == arrivals.applyAsLong(name)) {
      return REST_ARRIVED;
    }
    return ends(text.text()) ? REST : REST_UNENDED;
  }

  /** JSON needs no newline at its end: half of it can't be read anyway. */
  private static boolean ends(String text) {
    return text.endsWith("\n") || text.endsWith("}");
  }

  private static Duration late(Change change) {
    return change.file() == null ? LATE_GONE : LATE;
  }

  /**
   * @param file null: it has gone
   * @param sinceNanos when it was first seen so
   * @param firstNanos since when it has been other than what is in force
   * @param arrival that brought it; 0 when it was written
   */
  private record Change(@Nullable SeenFile file, long sinceNanos, long firstNanos, long arrival) {}
}
