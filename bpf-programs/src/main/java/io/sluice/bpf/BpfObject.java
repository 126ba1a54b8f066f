package io.sluice.bpf;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;

/** The door to the BPF objects that the build compiled into this module. */
public final class BpfObject {

  private BpfObject() {}

  /**
   * Reads the object that was compiled from {@code <name>.bpf.c}.
   *
   * @param name the program's name without its endings, such as {@code sluice}
   * @return the bytes of the ELF file; a new array, which belongs to the caller
   * @throws FileNotFoundException if the module holds no such object
   * @throws IOException if the object can't be read
   */
  public static byte[] read(String name) throws IOException {
    String file = name + ".bpf.o";
    try (InputStream in = BpfObject.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new FileNotFoundException(
            "BPF object: "
                + file
                + " (expected: a resource beside "
                + BpfObject.class.getName()
                + "); maybe the module bpf-programs was compiled without the Maven build, which"
                + " runs clang");
      }
      return in.readAllBytes();
    }
  }
}
