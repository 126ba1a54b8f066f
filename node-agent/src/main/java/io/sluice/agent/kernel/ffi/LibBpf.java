package io.sluice.agent.kernel.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import me.bechberger.ebpf.bpf.raw.Lib;
import me.bechberger.ebpf.bpf.raw.libbpf_print_fn_t;

/** The distribution's libbpf, loaded into this process. Any thread; loading objects is serial. */
public final class LibBpf {
  private static final String LIBRARY = "libbpf.so.1";

  /** Where distributions put it; the first that exists is taken. */
  private static final List<Path> DIRECTORIES =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu"),
          Path.of("/usr/lib/aarch64-linux-gnu"),
          Path.of("/lib/x86_64-linux-gnu"),
          Path.of("/lib/aarch64-linux-gnu"),
          Path.of("/usr/lib64"),
          Path.of("/usr/lib"),
          Path.of("/lib64"),
          Path.of("/lib"));

  /** libbpf has one log callback a process: whoever loads holds this. */
  private static final Object LOG_CALLBACK = new Object();

  private LibBpf() {}

  /**
   * Loads the library from the usual directories.
   *
   * @throws KernelFault if it is nowhere, with the package that holds it
   */
  public static LibBpf find() {
    return find(DIRECTORIES);
  }

  static LibBpf find(List<Path> directories) {
    for (Path directory : directories) {
      Path library = directory.resolve(LIBRARY);
      if (Files.exists(library)) {
        return load(library);
      }
    }
    throw new KernelFault(
        "dlopen",
        LIBRARY,
        Errno.ENOENT,
        "looked in " + directories + "; on Debian it is in the package libbpf1");
  }

  private static LibBpf load(Path library) {
    try {
      System.load(library.toRealPath().toString());
      return new LibBpf();
    } catch (UnsatisfiedLinkError | java.io.IOException e) {
      throw new KernelFault("libbpf at " + library + " can't be loaded: " + e.getMessage(), e);
    }
  }

  /**
   * Opens, relocates, verifies and loads an object with all its maps and programs.
   *
   * @param name for messages
   * @param elf the object file
   * @param optional programs that are left out where the kernel does not know their type
   * @param logDirectory where the verifier's whole log is kept when it refuses a program
   * @return the loaded object, which the caller closes
   */
  public BpfObjectHandle loadObject(
      String name, byte[] elf, List<String> optional, Path logDirectory) {
    synchronized (LOG_CALLBACK) {
      try (Arena arena = Arena.ofConfined()) {
        BpfLog log = new BpfLog();
        MemorySegment before = Lib.libbpf_set_print(libbpf_print_fn_t.allocate(log::print, arena));
        try {
          return load(name, elf, optional, log, logDirectory, arena);
        } finally {
          MemorySegment ours = Lib.libbpf_set_print(before);
          assert ours.address() != 0;
        }
      }
    }
  }

  private static BpfObjectHandle load(
      String name, byte[] elf, List<String> optional, BpfLog log, Path logDirectory, Arena arena) {
    MemorySegment bytes = arena.allocate(elf.length, Long.BYTES);
    bytes.copyFrom(MemorySegment.ofArray(elf));
    MemorySegment object = Lib.bpf_object__open_mem(bytes, elf.length, MemorySegment.NULL);
    if (object.address() == 0) {
      throw log.fault("bpf_object__open_mem", name, 0, logDirectory);
    }
    optional.forEach(program -> leaveOutIfUnknown(object, program, arena));
    int result = Lib.bpf_object__load(object);
    if (result != 0) {
      Lib.bpf_object__close(object);
      throw log.fault("bpf_object__load", name, -result, logDirectory);
    }
    return new BpfObjectHandle(name, object);
  }

  private static void leaveOutIfUnknown(MemorySegment object, String program, Arena arena) {
    MemorySegment p = Lib.bpf_object__find_program_by_name(object, arena.allocateFrom(program));
    if (p.address() != 0
        && Lib.libbpf_probe_bpf_prog_type(Lib.bpf_program__type(p), MemorySegment.NULL) != 1) {
      Lib.bpf_program__set_autoload(p, false);
    }
  }
}
