package io.sluice.agent.kernel.program;

import io.sluice.agent.kernel.ffi.KernelFault;
import io.sluice.agent.kernel.ffi.LibBpf;
import io.sluice.bpf.BpfObject;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What is to be loaded.
 *
 * @param elf the BPF object; not changed by anyone after it was given
 * @param logDirectory where the verifier's log is kept if it refuses a program
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; copied once into the kernel
public record DatapathSpec(byte[] elf, Path logDirectory) {
  private static final String OBJECT = "sluice";

  /** The object that was built with this agent. */
  public static DatapathSpec embedded(Path logDirectory) {
    try {
      return new DatapathSpec(BpfObject.read(OBJECT), logDirectory);
    } catch (IOException e) {
      throw new KernelFault(
          "BPF object " + OBJECT + " can't be read from the agent's jar: " + e.getMessage(), e);
    }
  }

  /** Loads it: 0.1-0.3 s. Nothing is attached yet. The caller closes what it gets. */
  public LoadedDatapath load() {
    return new LoadedDatapath(
        LibBpf.find().loadObject(OBJECT, elf, DeathWatch.PROGRAMS, logDirectory));
  }
}
