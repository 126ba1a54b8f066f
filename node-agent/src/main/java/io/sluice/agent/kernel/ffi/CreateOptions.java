package io.sluice.agent.kernel.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import me.bechberger.ebpf.bpf.raw.bpf_map_create_opts;

/**
 * {@code struct bpf_map_create_opts}: its size first, so that libbpf knows which fields we know.
 */
final class CreateOptions {
  private CreateOptions() {}

  static MemorySegment withFlags(Arena arena, int flags) {
    MemorySegment opts = bpf_map_create_opts.allocate(arena);
    opts.fill((byte) 0);
    bpf_map_create_opts.sz(opts, opts.byteSize());
    bpf_map_create_opts.map_flags(opts, flags);
    return opts;
  }
}
