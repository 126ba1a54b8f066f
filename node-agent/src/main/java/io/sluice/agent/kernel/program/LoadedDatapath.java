package io.sluice.agent.kernel.program;

import io.sluice.agent.kernel.ffi.BpfLink;
import io.sluice.agent.kernel.ffi.BpfObjectHandle;
import io.sluice.agent.kernel.ffi.Errno;
import io.sluice.agent.kernel.ffi.KernelFault;
import io.sluice.agent.kernel.ffi.Libc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Verified programs and their maps; nothing is steered. */
public final class LoadedDatapath implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("sl_sockname4", "sl_sockname6", "sl_peername4", "sl_peername6", "sl_sockops");
  private static final List<String> CONNECTS = List.of("sl_connect4", "sl_connect6");

  private final BpfObjectHandle object;

  LoadedDatapath(BpfObjectHandle object) {
    this.object = object;
  }

  /** In the order in which {@link AttachedDatapath} holds their links. */
  static List<String> programs() {
    return Stream.concat(CONNECTS.stream(), NAMES.stream()).toList();
  }

  /**
   * Attaches to a cgroup2 directory: sockets of processes below it are seen. Names first, connect
   * last: a socket that was redirected must never be without the hooks that show true addresses.
   *
   * @param cgroup2 normally {@link Cgroup2#root()}
   * @return owns this object from now on
   */
  public AttachedDatapath attach(Path cgroup2) {
    List<BpfLink> names = new ArrayList<>();
    List<BpfLink> connects = new ArrayList<>();
    requireCgroup2(cgroup2);
    int directory = Libc.open(cgroup2.toString());
    try {
      for (String program : NAMES) {
        names.add(object.attach(program, directory, "cgroup " + cgroup2));
      }
      for (String program : CONNECTS) {
        connects.add(object.attach(program, directory, "cgroup " + cgroup2));
      }
      // Last: it is of use only once something is steered.
      return new AttachedDatapath(object, connects, names, DeathWatch.attach(object));
    } catch (RuntimeException e) {
      connects.forEach(BpfLink::close);
      names.forEach(BpfLink::close);
      throw e;
    } finally {
      Libc.close(directory);
    }
  }

  /** Each directory of cgroup v2 has this file; the kernel would only say EBADF. */
  private static void requireCgroup2(Path directory) {
    if (!Files.exists(directory.resolve("cgroup.controllers"))) {
      throw new KernelFault(
          "attach",
          directory.toString(),
          Errno.EINVAL,
          "no directory of cgroup v2 (expected: one such as " + Cgroup2.root() + ")");
    }
  }

  @Override
  public void close() {
    object.close();
  }
}
