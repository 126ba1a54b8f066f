package io.sluice.config.watch;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Optional;

/**
 * Rings a bell when something in a directory changes. It may fail to (limit of inotify, network
 * file systems): then the look once a second must do.
 */
public final class DirectoryAlarm implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(DirectoryAlarm.class.getName());

  private final Path directory;
  private final Bell bell;
  private final Optional<WatchService> watcher;
  private volatile Optional<WatchKey> key = Optional.empty();

  public DirectoryAlarm(Path directory, Bell bell) {
    this.directory = directory;
    this.bell = bell;
    this.watcher = open(directory);
    arm();
    watcher.ifPresent(service ->
        Thread.ofPlatform().name("sluice-config-watch").daemon().start(() -> listen(service)));
  }

  /**
   * Watches again after the directory was removed and made anew; does nothing while the watch
   * holds.
   */
  public void arm() {
    if (watcher.isPresent() && key.filter(WatchKey::isValid).isEmpty()) {
      try {
        key =
            Optional.of(
                directory.register(watcher.get(), ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE));
      } catch (IOException | ClosedWatchServiceException e) {
        key = Optional.empty();
      }
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
