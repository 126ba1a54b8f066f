package io.sluice.agent.kernel.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import me.bechberger.ebpf.bpf.raw.Lib;

/**
 * A map by its descriptor; keys and values are off-heap memory of the right size. One system call
 * each; any thread.
 */
public final class BpfMap {
  public static final long ANY = 0;
  public static final long NO_EXIST = 1;

  private static final int HASH = 1;
  private static final int NO_PREALLOC = 1;

  private final String name;
  private final int fd;

  BpfMap(String name, int fd) {
    this.name = name;
    this.fd = fd;
  }

  /**
   * A hash that is put into a hash of maps. The caller closes it when it has been put: the outer
   * map holds it.
   */
  public static BpfMap newInnerHash(String name, long keyBytes, long valueBytes, int entriesMax) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment opts = CreateOptions.withFlags(arena, NO_PREALLOC);
      int fd =
          Lib.bpf_map_create(
              HASH, arena.allocateFrom(name), (int) keyBytes, (int) valueBytes, entriesMax, opts);
      if (fd < 0) {
        throw new KernelFault("bpf_map_create", name, -fd, "");
      }
      return new BpfMap(name, fd);
    }
  }

  /** Another map of this kernel by its id, empty if it is gone; the caller closes it. */
  public static Optional<BpfMap> openById(String name, int id) {
    int fd = Lib.bpf_map_get_fd_by_id(id);
    if (fd == -Errno.ENOENT) {
      return Optional.empty();
    }
    if (fd < 0) {
      throw new KernelFault("bpf_map_get_fd_by_id", name + " " + id, -fd, "");
    }
    return Optional.of(new BpfMap(name, fd));
  }

  /** The descriptor, for a map of maps; it stays this object's. */
  public int fd() {
    return fd;
  }

  public void put(MemorySegment key, MemorySegment value) {
    int result = Lib.bpf_map_update_elem(fd, key, value, ANY);
    if (result != 0) {
      throw new KernelFault("bpf_map_update_elem", name, -result, "");
    }
  }

  /** Puts a new entry; false if there is one. */
  public boolean putIfAbsent(MemorySegment key, MemorySegment value) {
    int result = Lib.bpf_map_update_elem(fd, key, value, NO_EXIST);
    if (result != 0 && result != -Errno.EEXIST) {
      throw new KernelFault("bpf_map_update_elem", name, -result, "");
    }
    return result == 0;
  }

  /** Reads an entry into {@code value}; false if there is none. */
  public boolean get(MemorySegment key, MemorySegment value) {
    int result = Lib.bpf_map_lookup_elem(fd, key, value);
    if (result != 0 && result != -Errno.ENOENT) {
      throw new KernelFault("bpf_map_lookup_elem", name, -result, "");
    }
    return result == 0;
  }

  /** Deletes an entry; false if there was none. */
  public boolean remove(MemorySegment key) {
    int result = Lib.bpf_map_delete_elem(fd, key);
    if (result != 0 && result != -Errno.ENOENT) {
      throw new KernelFault("bpf_map_delete_elem", name, -result, "");
    }
    return result == 0;
  }

  /**
   * The key after another one, into {@code next}; false at the end. The first one follows {@link
   * MemorySegment#NULL}.
   */
  public boolean nextKey(MemorySegment key, MemorySegment next) {
    int result = Lib.bpf_map_get_next_key(fd, key, next);
    if (result != 0 && result != -Errno.ENOENT) {
      throw new KernelFault("bpf_map_get_next_key", name, -result, "");
    }
    return result == 0;
  }

  /** Closes a map that was made or opened here; maps of an object go with their object. */
  public void close() {
    Libc.close(fd);
  }
}
