package io.sluice.agent.view;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;

/** Memory outside the heap that Netty's buffers take. */
final class DirectMemory {
  private DirectMemory() {}

  /** In bytes. Netty counts in one of two places, depending on how it may allocate on this JDK. */
  static long used() {
    long pooled =
        ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
            ? provider.metric().usedDirectMemory()
            : 0;
    return Math.max(0, Math.max(pooled, PlatformDependent.usedDirectMemory()));
  }
}
