package io.sluice.bpf;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import org.junit.jupiter.api.Test;

class BpfObjectTest {

  @Test
  void namesTheMissingObjectAndTheLikelyCause() {
    assertThatThrownBy(() -> BpfObject.read("no-such-program"))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("no-such-program.bpf.o")
        .hasMessageContaining("clang");
  }
}
