package io.sluice.config.watch;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Rings a bell when something in a directory changes. It may fail to (limit of inotify, network
 * file systems): then the regular looks must do.
 */
public final class DirectoryAlarm implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(DirectoryAlarm.class.getName());

  private final Path directory;
  private final Bell bell;
  private final Optional<WatchService> watcher;
  private Optional<WatchKey> key = Optional.empty();
  private @Nullable Object watched;

  /** By name; at most as many as there are files to be read, else forgotten. */
  private final Map<String, Long> arrivals = new ConcurrentHashMap<>();

  /** Counted by the listening thread alone. */
  private long lastArrival;

  public DirectoryAlarm(Path directory, Bell bell) {
    this.directory = directory;
    this.bell = bell;
    this.watcher = open(directory);
    arm();
    watcher.ifPresent(service ->
        Thread.ofPlatform().name("sluice-config-watch").daemon().start(() -> listen(service)));
  }

  /**
   * Watches again after another directory has taken the name; does nothing while the watch holds.
   * Called by one thread.
   */
  public void arm() {
    if (watcher.isEmpty()) {
      return;
    }
    try {
      Object now = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
      if (key.filter(WatchKey::isValid).isEmpty() || !Objects.equals(now, watched)) {
        key.ifPresent(WatchKey::cancel);
        arrivals.clear();
        key =
            Optional.of(
                directory.register(watcher.get(), ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE));
        watched = now;
      }
    } catch (IOException | ClosedWatchServiceException e) {
      key = Optional.empty();
    }
  }

  /**
   * Which arrival brought the file of that name, by rename or link; never the same number twice. 0
   * when it was written to since, or when nobody saw. Any thread.
   */
  public long arrivalOf(String name) {
    return arrivals.getOrDefault(name, 0L);
  }

  @Override
  public void close() {
    watcher.ifPresent(service -> {
      try {
        service.close();
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "closing the watch of " + directory, e);
      }
    });
  }

  private void listen(WatchService service) {
    try {
      while (true) {
        WatchKey fired = service.take();
        fired.pollEvents().forEach(this::note);
        fired.reset();
        bell.ring();
      }
    } catch (ClosedWatchServiceException e) {
      // close() ends this thread so.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A rename into the directory raises CREATE alone, writing raises MODIFY after it. The last event
   * of a name tells whether its file came whole.
   */
  private void note(WatchEvent<?> event) {
    if (event.kind().equals(OVERFLOW) || arrivals.size() >= DirectoryReader.FILES_MAX) {
      arrivals.clear();
    }
    if (event.context() instanceof Path name) {
      if (event.kind().equals(ENTRY_CREATE)) {
        arrivals.put(name.toString(), ++lastArrival);
      } else {
        arrivals.remove(name.toString());
      }
    }
  }

  private static Optional<WatchService> open(Path directory) {
    try {
      return Optional.of(directory.getFileSystem().newWatchService());
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          directory
              + " can't be watched ("
              + e.getMessage()
              + "): maybe fs.inotify.max_user_instances is used up;"
              + " changes are seen by looking twice a second");
      return Optional.empty();
    }
  }
}
