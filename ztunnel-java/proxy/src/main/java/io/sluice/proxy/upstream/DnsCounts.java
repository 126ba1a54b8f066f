package io.sluice.proxy.upstream;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what DNS does, of all pods; any thread. */
final class DnsCounts {
  private final Map<DnsResult, LongAdder> queries = new EnumMap<>(DnsResult.class);
  private final LongAdder stale = new LongAdder();
  private final LongAdder names = new LongAdder();

  DnsCounts() {
    for (DnsResult each : DnsResult.values()) {
      queries.put(each, new LongAdder());
    }
  }

  void asked(DnsResult result) {
    LongAdder counter = queries.get(result);
    if (counter != null) {
      counter.increment();
    }
  }

  void usedStale() {
    stale.increment();
  }

  void namesKept(int more) {
    names.add(more);
  }

  DnsFigures figures() {
    Map<DnsResult, Long> now = new EnumMap<>(DnsResult.class);
    queries.forEach((result, count) -> now.put(result, count.sum()));
    return new DnsFigures(now, stale.sum(), names.sum());
  }
}
