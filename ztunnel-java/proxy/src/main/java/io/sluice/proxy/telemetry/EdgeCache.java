package io.sluice.proxy.telemetry;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From an edge to its handle without looking at labels.
 *
 * <p>Compares the parts by identity: workloads and services are the same objects as long as their
 * route table is in force, while comparing them by value would hash two maps of labels per request.
 * A miss only costs the longer way. Direct-mapped: a newcomer replaces whoever holds its slot, so
 * it never grows, and at most {@link #SLOTS} edges of older tables are kept from the collector. Any
 * thread.
 */
final class EdgeCache<H> {
  static final int SLOTS = 1024;

  private final Function<Edge, H> maker;
  private final AtomicReferenceArray<@Nullable Entry<H>> slots = new AtomicReferenceArray<>(SLOTS);

  private record Entry<H>(Edge edge, H handle) {}

  EdgeCache(Function<Edge, H> maker) {
    this.maker = maker;
  }

  H get(Edge edge) {
    int slot = slot(edge);
    Entry<H> entry = slots.get(slot);
    if (entry != null && sameParts(entry.edge(), edge)) {
      return entry.handle();
    }
    H handle = maker.apply(edge);
    slots.set(slot, new Entry<>(edge, handle));
    return handle;
  }

  private static int slot(Edge edge) {
    int hash = edge.reporter().ordinal();
    hash = 31 * hash + identity(edge.source());
    hash = 31 * hash + identity(edge.destination());
    hash = 31 * hash + identity(edge.service());
    return (hash ^ (hash >>> 10) ^ (hash >>> 20)) & (SLOTS - 1);
  }

  private static int identity(Optional<?> part) {
    return System.identityHashCode(part.orElse(null));
  }

  private static boolean sameParts(Edge one, Edge other) {
    return one.reporter() == other.reporter()
        && same(one.source(), other.source())
        && same(one.destination(), other.destination())
        && same(one.service(), other.service());
  }

  @SuppressWarnings("ReferenceEquality") // that is the point: see the class
  private static boolean same(Optional<?> one, Optional<?> other) {
    return one.orElse(null) == other.orElse(null);
  }
}
