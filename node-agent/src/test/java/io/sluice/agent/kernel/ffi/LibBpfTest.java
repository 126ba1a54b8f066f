package io.sluice.agent.kernel.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.agent.testbed.NeedsRoot;
import io.sluice.bpf.BpfObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsRoot
class LibBpfTest {
  @Test
  void missingLibraryIsNamedWithItsPackage(@TempDir Path empty) {
    assertThatThrownBy(() -> LibBpf.find(List.of(empty)))
        .isInstanceOf(KernelFault.class)
        .hasMessageContaining("libbpf.so.1")
        .hasMessageContaining(empty.toString())
        .hasMessageContaining("package libbpf1");
  }

  @Test
  void whatIsNoObjectIsRefusedWithLibbpfsWords(@TempDir Path logs) {
    byte[] garbage = "no ELF".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> LibBpf.find().loadObject("garbage", garbage, List.of(), logs))
        .isInstanceOf(KernelFault.class)
        .hasMessageContaining("bpf_object__open_mem(garbage)")
        .hasMessageContaining("libbpf says:");
  }

  @Test
  void verifiersVerdictIsInTheMessageAndTheWholeLogInAFile(@TempDir Path logs) throws IOException {
    byte[] elf = BpfObject.read("sluice");
    spoilFirstInstruction(elf, "sk_lookup");
    KernelFault fault =
        catchThrowableOfType(
            KernelFault.class, () -> LibBpf.find().loadObject("spoilt", elf, List.of(), logs));
    assertThat(fault).hasMessageContaining("r0 = r9").hasMessageContaining("R9 !read_ok");
    try (var files = Files.list(logs)) {
      Path log = files.findFirst().orElseThrow();
      assertThat(fault).hasMessageContaining(log.toString());
      assertThat(log).content().contains("BEGIN PROG LOAD LOG").contains("processed");
    }
  }

  @Test
  void unknownMapAndProgramAreNamed(@TempDir Path logs) throws IOException {
    try (BpfObjectHandle object =
        LibBpf.find().loadObject("sluice", BpfObject.read("sluice"), List.of(), logs)) {
      assertThatThrownBy(() -> object.map("no_such_map")).hasMessageContaining("no_such_map");
      assertThatThrownBy(() -> object.attach("no_such_prog", 0, "nothing"))
          .hasMessageContaining("no_such_prog");
    }
  }

  /** Makes the first instruction of a section {@code r0 = r9}, which nobody has set. */
  private static void spoilFirstInstruction(byte[] elf, String section) {
    ByteBuffer file = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
    int headers = (int) file.getLong(40);
    int headerBytes = file.getShort(58);
    int count = file.getShort(60);
    int names = (int) file.getLong(headers + file.getShort(62) * headerBytes + 24);
    for (int i = 0; i < count; i++) {
      int header = headers + i * headerBytes;
      if (name(elf, names + file.getInt(header)).equals(section)) {
        file.putLong((int) file.getLong(header + 24), 0x90bfL);
      }
    }
  }

  private static String name(byte[] elf, int at) {
    int end = at;
    while (elf[end] != 0) {
      end++;
    }
    return new String(elf, at, end - at, StandardCharsets.US_ASCII);
  }
}
