package io.sluice.agent.netns;

import io.sluice.agent.kernel.ffi.Errno;
import io.sluice.agent.kernel.ffi.KernelFault;
import io.sluice.agent.kernel.ffi.Libc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * A pod's network namespace, held open by one descriptor until {@link #close()}: after that nothing
 * here keeps it alive.
 */
public final class NetworkNamespace implements AutoCloseable {
  private static final int EXIT_LOST_THREAD = 70;

  private final Path path;
  private final int fd;
  private final HomeNamespace home;
  private final long inode;
  private final long cookie;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Whoever uses the descriptor, and one for "open": the last one closes it. Nobody waits. */
  private final AtomicInteger users = new AtomicInteger(1);

  private NetworkNamespace(Path path, int fd, HomeNamespace home) {
    this.path = path;
    this.fd = fd;
    this.home = home;
    this.inode = inodeOf(Path.of("/proc/self/fd/" + fd));
    this.cookie = call(NetworkNamespace::cookieOfThisThread);
  }

  static NetworkNamespace open(Path path, HomeNamespace home) {
    int fd = Libc.open(path.toString());
    try {
      return new NetworkNamespace(path, fd, home);
    } catch (RuntimeException e) {
      Libc.close(fd);
      throw e;
    }
  }

  /** Where it was opened. */
  public Path path() {
    return path;
  }

  /** The kernel's name of it, never reused: the key of BPF maps. */
  public long cookie() {
    return cookie;
  }

  /** Its inode on nsfs, as {@code lsns} shows it; may be reused after it was freed. */
  public long inode() {
    return inode;
  }

  /**
   * Whether the path leads to no namespace or another one by now: the pod is gone, or was made
   * anew. Blocks for a stat.
   */
  public boolean isGone() {
    try {
      return inodeOf(path) != inode;
    } catch (KernelFault e) {
      return true;
    }
  }

  /** Its addresses; blocks for the read of two files. */
  public NamespaceAddresses addresses() {
    return call(NamespaceAddresses::ofThisThread);
  }

  /**
   * Runs something inside. It must not block and must not start a thread (which would stay there).
   *
   * @throws IllegalStateException after {@link #close()}, or on a virtual thread, whose carrier
   *     would be left in the namespace
   */
  public <T> T call(Supplier<T> inside) {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException(
          "namespace " + path + " entered by a virtual thread (expected: a platform thread)");
    }
    acquire();
    try {
      enter();
      try {
        return inside.get();
      } finally {
        goHome();
      }
    } finally {
      release();
    }
  }

  /** Gives the descriptor to a call that attaches something to this namespace. */
  public <T> T withDescriptor(IntFunction<T> use) {
    acquire();
    try {
      return use.apply(fd);
    } finally {
      release();
    }
  }

  private void enter() {
    if (!Libc.setns(fd)) {
      int errno = Libc.setnsErrno(fd);
      goHome();
      String why = errno == Errno.EINVAL ? "it is no network namespace, or not yet" : "";
      throw new KernelFault("setns", path.toString(), errno, why);
    }
  }

  private void acquire() {
    int now = users.get();
    while (!closed.get() && now > 0) {
      if (users.compareAndSet(now, now + 1)) {
        return;
      }
      now = users.get();
    }
    throw new IllegalStateException("namespace " + path + " is closed: its pod was let go of");
  }

  private void release() {
    if (users.decrementAndGet() == 0) {
      Libc.close(fd);
    }
  }

  /** A thread that stays in a pod would make the agent's next sockets there: rather end. */
  private void goHome() {
    if (!Libc.setns(home.fd())) {
      System.err.println(
          "sluice: setns back from "
              + path
              + " failed, so thread "
              + Thread.currentThread().getName()
              + " is lost in a pod's network namespace; the process ends and pods go direct");
      Runtime.getRuntime().halt(EXIT_LOST_THREAD);
    }
  }

  private static long cookieOfThisThread() {
    int probe = Libc.probeSocket();
    try {
      return Libc.netnsCookie(probe);
    } finally {
      Libc.close(probe);
    }
  }

  private static long inodeOf(Path path) {
    try {
      return (long) Files.getAttribute(path, "unix:ino");
    } catch (IOException e) {
      throw new KernelFault("stat", path.toString(), Errno.ENOENT, "no such network namespace");
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release();
    }
  }

  @Override
  public String toString() {
    return path + " (net:[" + inode + "])";
  }
}
