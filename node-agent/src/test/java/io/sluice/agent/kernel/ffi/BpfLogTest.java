package io.sluice.agent.kernel.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpfLogTest {
  @Test
  void summaryIsTheRefusedInstructionAndTheReason() {
    String log =
        """
        libbpf: prog 'sl_inbound': BPF program load failed: Permission denied
        libbpf: prog 'sl_inbound': -- BEGIN PROG LOAD LOG --
        0: (bf) r6 = r1
        ; if (ctx->protocol != IPPROTO_TCP)
        1: (61) r1 = *(u32 *)(r6 +8)
        2: (bf) r0 = r9
        R9 !read_ok
        processed 3 insns (limit 1000000) max_states_per_insn 0 total_states 0
        -- END PROG LOAD LOG --
        libbpf: failed to load object 'sluice'
        """;
    assertThat(BpfLog.summary(log))
        .endsWith("2: (bf) r0 = r9 | R9 !read_ok")
        .doesNotContain("processed")
        .doesNotContain("LOAD LOG");
  }

  @Test
  void withoutVerifierItIsTheEndOfWhatLibbpfSaid() {
    assertThat(BpfLog.summary("libbpf: elf: not an ELF\n")).isEqualTo("libbpf: elf: not an ELF");
    assertThat(BpfLog.summary("")).isEqualTo("nothing");
  }

  @Test
  void faultWithoutALogKeepsNoFile(@TempDir Path directory) {
    assertThat(new BpfLog().fault("bpf_object__load", "sluice", Errno.EPERM, directory))
        .hasMessage("bpf_object__load(sluice) failed with EPERM; libbpf says: nothing");
    assertThat(directory).isEmptyDirectory();
  }
}
