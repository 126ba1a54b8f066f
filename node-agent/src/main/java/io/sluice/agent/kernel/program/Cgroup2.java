package io.sluice.agent.kernel.program;

import io.sluice.agent.kernel.ffi.AttachedPrograms;
import io.sluice.agent.kernel.ffi.Errno;
import io.sluice.agent.kernel.ffi.KernelFault;
import io.sluice.agent.kernel.ffi.Libc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where cgroup v2 is mounted: {@code /sys/fs/cgroup}, or {@code .../unified} beside v1. */
public final class Cgroup2 {
  private static final Path MOUNTS = Path.of("/proc/self/mounts");

  private Cgroup2() {}

  /**
   * The root of the cgroup v2 hierarchy.
   *
   * @throws KernelFault if there is none
   */
  public static Path root() {
    try {
      return find(Files.readString(MOUNTS))
          .orElseThrow(() ->
              new KernelFault(
                  "find",
                  "cgroup2 in " + MOUNTS,
                  Errno.ENOENT,
                  "not mounted: mount -t cgroup2 none /sys/fs/cgroup"));
    } catch (IOException e) {
      throw new KernelFault(MOUNTS + " can't be read: maybe /proc is not mounted", e);
    }
  }

  /**
   * Names of the programs, of whatever process, that look at each connect of the machine.
   *
   * @throws KernelFault if there is no cgroup v2, or the kernel does not tell
   */
  public static List<String> connectPrograms() {
    int fd = Libc.open(root().toString());
    try {
      return AttachedPrograms.atConnect(fd);
    } finally {
      Libc.close(fd);
    }
  }

  static Optional<Path> find(String mounts) {
    return mounts
        .lines()
        .map(line -> line.split(" ", -1))
        .filter(fields -> fields.length > 2 && fields[2].equals("cgroup2"))
        .map(fields -> Path.of(fields[1].replace("\\040", " ")))
        .findFirst();
  }
}
