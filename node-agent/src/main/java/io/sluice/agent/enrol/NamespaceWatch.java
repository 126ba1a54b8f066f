package io.sluice.agent.enrol;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Tells that files came or went in the directories of network namespaces, so that nobody waits for
 * the next tick. It is a hint: what is there is always looked at anew.
 */
final class NamespaceWatch implements AutoCloseable {

  private static final Logger LOG = System.getLogger(NamespaceWatch.class.getName());

  /** Usually one, {@code /run/netns}. Pods in further directories are seen by the tick. */
  private static final int DIRECTORIES_MAX = 64;

  private final WatchService service;
  private final Runnable onChange;
  private final Map<Path, WatchKey> watched = new HashMap<>();

  /**
   * @param onChange called on a thread of its own; must not block
   * @throws IOException when the machine gives no inotify instance
   */
  NamespaceWatch(Runnable onChange) throws IOException {
    this.service = FileSystems.getDefault().newWatchService();
    this.onChange = onChange;
    Thread.ofPlatform().name("sluice-netns-watch").daemon().start(this::listen);
  }

  /** Watches the directories of these files, and no others. One thread. */
  void follow(Collection<String> netnsPaths) {
    Set<Path> wanted = directories(netnsPaths);
    watched
        .entrySet()
        .removeIf(entry -> {
          boolean stale = !wanted.contains(entry.getKey()) || !entry.getValue().isValid();
          if (stale) {
            entry.getValue().cancel();
          }
          return stale;
        });
    wanted.forEach(this::watch);
  }

  private static Set<Path> directories(Collection<String> netnsPaths) {
    Set<Path> directories = new HashSet<>();
    for (String path : netnsPaths) {
      Path parent = Path.of(path).getParent();
      // /proc sends no events.
      if (parent != null && !parent.startsWith("/proc") && directories.size() < DIRECTORIES_MAX) {
        directories.add(parent);
      }
    }
    return directories;
  }

  private void watch(Path directory) {
    if (watched.containsKey(directory) || !Files.isDirectory(directory)) {
      return;
    }
    try {
      watched.put(
          directory,
          directory.register(
              service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE));
    } catch (IOException e) {
      LOG.log(Level.DEBUG, directory + " can't be watched, the tick looks at it", e);
    }
  }

  private void listen() {
    try {
      while (true) {
        WatchKey key = service.take();
        key.pollEvents();
        key.reset();
        onChange.run();
      }
    } catch (InterruptedException | ClosedWatchServiceException e) {
      LOG.log(Level.DEBUG, "no more watching");
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
