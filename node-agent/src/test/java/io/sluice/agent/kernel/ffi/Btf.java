package io.sluice.agent.kernel.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import me.bechberger.ebpf.bpf.raw.Lib;

/** The type information of a BPF object that is opened but not loaded: needs no root. */
public final class Btf implements AutoCloseable {
  private static final int KIND_STRUCT = 4;
  private static final int KIND_ENUM = 6;
  private static final int HEADER_BYTES = 12;
  private static final int MEMBER_BYTES = 12;
  private static final int ENUM_BYTES = 8;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment object;
  private final MemorySegment btf;

  /** A struct with the byte offset of each member, in the order of C. */
  public record Struct(int size, Map<String, Long> offsets) {}

  public Btf(byte[] elf) {
    assert LibBpf.find() != null;
    MemorySegment bytes = arena.allocate(elf.length, Long.BYTES);
    bytes.copyFrom(MemorySegment.ofArray(elf));
    object = Lib.bpf_object__open_mem(bytes, elf.length, MemorySegment.NULL);
    btf = Lib.bpf_object__btf(object);
  }

  public Struct struct(String name) {
    MemorySegment type = type(name, KIND_STRUCT);
    Map<String, Long> offsets = new LinkedHashMap<>();
    for (int i = 0; i < members(type); i++) {
      long at = HEADER_BYTES + (long) i * MEMBER_BYTES;
      offsets.put(string(type.get(JAVA_INT, at)), type.get(JAVA_INT, at + 8) / 8L);
    }
    return new Struct(type.get(JAVA_INT, 8), offsets);
  }

  public Map<String, Integer> enumeration(String name) {
    MemorySegment type = type(name, KIND_ENUM);
    Map<String, Integer> values = new LinkedHashMap<>();
    for (int i = 0; i < members(type); i++) {
      long at = HEADER_BYTES + (long) i * ENUM_BYTES;
      values.put(string(type.get(JAVA_INT, at)), type.get(JAVA_INT, at + 4));
    }
    return values;
  }

  /** The bound of each inner map of a map of maps. */
  public int innerEntriesMax(String map) {
    MemorySegment outer = Lib.bpf_object__find_map_by_name(object, arena.allocateFrom(map));
    return Lib.bpf_map__max_entries(Lib.bpf_map__inner_map(outer));
  }

  private MemorySegment type(String name, int kind) {
    int id = Lib.btf__find_by_name_kind(btf, arena.allocateFrom(name), kind);
    if (id < 0) {
      throw new KernelFault("btf__find_by_name_kind", name, -id, "not in the object's BTF");
    }
    return Lib.btf__type_by_id(btf, id).reinterpret(1 << 16);
  }

  private static int members(MemorySegment type) {
    return type.get(JAVA_INT, 4) & 0xffff;
  }

  private String string(int offset) {
    return Lib.btf__name_by_offset(btf, offset).reinterpret(1 << 10).getString(0);
  }

  @Override
  public void close() {
    Lib.bpf_object__close(object);
    arena.close();
  }
}
