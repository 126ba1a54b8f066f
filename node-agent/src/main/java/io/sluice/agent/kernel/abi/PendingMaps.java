package io.sluice.agent.kernel.abi;

import io.sluice.agent.kernel.ffi.BpfMap;

/** The map {@code pending}: pod -> its connections between connect and accept. BPF fills them. */
public final class PendingMaps {
  private final BpfMap outer;

  public PendingMaps(BpfMap outer) {
    this.outer = outer;
  }

  /** Makes room for {@value Layouts#PENDING_MAX} connections of a pod. */
  public void add(long cookie) {
    InnerMaps.create(
            outer, cookie, "sl_pending", Layouts.TUPLE, Layouts.PENDING, Layouts.PENDING_MAX)
        .close();
  }

  public boolean remove(long cookie) {
    return InnerMaps.remove(outer, cookie);
  }
}
