package io.sluice.proxy.upstream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A map with a limit: beyond it the entry that was unused for longest is dropped. */
final class Lru<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;

  private final int entriesMax;
  private final transient Consumer<V> onDropped;

  Lru(int entriesMax, Consumer<V> onDropped) {
    super(16, 0.75f, true);
    this.entriesMax = entriesMax;
    this.onDropped = onDropped;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    boolean drop = size() > entriesMax;
    if (drop) {
      onDropped.accept(eldest.getValue());
    }
    return drop;
  }
}
