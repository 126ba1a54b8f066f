package io.sluice.agent.kernel.abi;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.kernel.ffi.Btf;
import io.sluice.bpf.BpfObject;
import java.io.IOException;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** C and Java mean the same bytes: every layout and enum against the BTF of the built object. */
class LayoutTest {
  private Btf btf;

  @BeforeEach
  void openObject() throws IOException {
    btf = new Btf(BpfObject.read("sluice"));
  }

  @AfterEach
  void closeObject() {
    btf.close();
  }

  static List<StructLayout> layouts() {
    return Layouts.ALL;
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void structIsTheSameInJava(StructLayout layout) {
    Btf.Struct struct = btf.struct(layout.name().orElseThrow());
    Map<String, Long> offsets = new LinkedHashMap<>();
    layout
        .memberLayouts()
        .forEach(member -> {
          String name = member.name().orElseThrow();
          offsets.put(name, layout.byteOffset(PathElement.groupElement(name)));
        });
    assertThat(offsets).as(layout.name().orElseThrow()).isEqualTo(struct.offsets());
    assertThat(layout.byteSize()).isEqualTo(struct.size());
  }

  @Test
  void countersHaveTheSameNumbers() {
    Map<String, Integer> java = new LinkedHashMap<>();
    Arrays.stream(Counter.values()).forEach(c -> java.put("SL_C_" + c.name(), c.ordinal()));
    java.put("SL_C_MAX", Counter.values().length);
    assertThat(java).isEqualTo(btf.enumeration("sl_counter"));
  }

  @Test
  void flagsAndKindsHaveTheSameNumbers() {
    assertThat(btf.enumeration("sl_pod_flag"))
        .containsEntry("SL_POD_ENABLED", PodsMap.ENABLED)
        .containsEntry("SL_POD_TRACK_LISTEN", PodsMap.TRACK_LISTEN)
        .containsEntry("SL_POD_HAS_IP4", PodsMap.HAS_IP4)
        .containsEntry("SL_POD_HAS_IP6", PodsMap.HAS_IP6);
    assertThat(btf.enumeration("sl_own_kind"))
        .isEqualTo(
            Map.of(
                "SL_OWN_EXEMPT", OwnSockets.EXEMPT,
                "SL_OWN_SHOWING", OwnSockets.SHOWING,
                "SL_OWN_STRAIGHT", OwnSockets.STRAIGHT));
    assertThat(btf.enumeration("sl_pending_kind"))
        .containsEntry("SL_PENDING_DST", OriginalDestinations.KIND_DST);
    assertThat(btf.enumeration("sl_listen_flag"))
        .isEqualTo(Map.of("SL_LISTEN_SCANNED", ListeningMap.SCANNED));
  }

  @Test
  void boundsOfAPodsMapsAreTheSame() {
    assertThat(btf.innerEntriesMax("pending")).isEqualTo(Layouts.PENDING_MAX);
    assertThat(btf.innerEntriesMax("listening")).isEqualTo(Layouts.LISTENING_MAX);
  }
}
