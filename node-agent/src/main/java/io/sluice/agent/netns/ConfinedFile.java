package io.sluice.agent.netns;

import io.sluice.agent.kernel.ffi.ConfinedOpen;
import io.sluice.agent.kernel.ffi.Errno;
import io.sluice.agent.kernel.ffi.KernelFault;
import io.sluice.agent.kernel.ffi.Libc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.BooleanSupplier;

/**
 * A regular file below the root directory of a process that is not trusted, held without being
 * open.
 *
 * <p>Links of that process lead to where they lead for it, never out of its root; FIFOs and devices
 * are refused before anything is opened.
 */
public final class ConfinedFile implements AutoCloseable {
  private final int fd;

  private ConfinedFile(int fd) {
    this.fd = fd;
  }

  /**
   * @param root such as {@code /proc/PID/root}
   * @param below without a slash at its beginning
   * @param stillThere whether the root is that of the right process; asked once the root is held
   * @throws NoSuchFileException when there is no such file, or the process has ended
   * @throws IOException when it is no regular file or can't be looked at
   */
  public static ConfinedFile find(Path root, String below, BooleanSupplier stillThere)
      throws IOException {
    try {
      int directory = ConfinedOpen.directory(root.toString());
      try {
        if (!stillThere.getAsBoolean()) {
          throw new NoSuchFileException(root + "/" + below, null, "the pod has ended");
        }
        return regular(new ConfinedFile(ConfinedOpen.below(directory, below)), root + "/" + below);
      } finally {
        Libc.close(directory);
      }
    } catch (KernelFault e) {
      if (e.errno() == Errno.ENOENT) {
        throw new NoSuchFileException(root + "/" + below);
      }
      throw new IOException(e.getMessage(), e);
    }
  }

  private static ConfinedFile regular(ConfinedFile found, String place) throws IOException {
    boolean isRegular = false;
    try {
      isRegular = Files.readAttributes(found.path(), BasicFileAttributes.class).isRegularFile();
    } finally {
      if (!isRegular) {
        found.close();
      }
    }
    if (!isRegular) {
      throw new IOException(place + " is no regular file");
    }
    return found;
  }

  /** By which it can be opened, and is what it was, until it is closed. */
  public Path path() {
    return Path.of("/proc/self/fd/" + fd);
  }

  @Override
  public void close() {
    Libc.close(fd);
  }
}
