package io.sluice.config.watch;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rings a bell when something in a directory changes. It may fail to (limit of inotify, network
 * file systems): then the look once a second must do.
 */
public final class DirectoryAlarm implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(DirectoryAlarm.class.getName());

  private final Path directory;
  private final Bell bell;
  private final Optional<WatchService> watcher;
  private Optional<WatchKey> key = Optional.empty();
  private @Nullable Object watched;

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
        key =
            Optional.of(
                directory.register(watcher.get(), ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE));
        watched = now;
      }
    } catch (IOException | ClosedWatchServiceException e) {
      key = Optional.empty();
    }
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
        fired.pollEvents();
        fired.reset();
        bell.ring();
      }
    } catch (ClosedWatchServiceException e) {
      // close() ends this thread so.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
              + " changes are seen once a second");
      return Optional.empty();
    }
  }
}
