package io.sluice.proxy.upstream;

import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.sluice.proxy.upstream.TlsContexts.Built;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The TLS contexts that one event loop knows. A context that was not looked at for a while is used,
 * and its file looked at meanwhile.
 */
final class LoopTls {
  private static final class Entry {
    private final List<Consumer<Built>> waiting = new ArrayList<>(1);
    private @Nullable SslContext context;
    private long askedNanos;
    private boolean asking;
  }

  private final EventLoop loop;
  private final TlsContexts contexts;
  private final Map<TlsKey, Entry> entries;

  LoopTls(EventLoop loop, TlsContexts contexts) {
    this.loop = loop;
    this.contexts = contexts;
    this.entries = new Lru<>(contexts.settings().contextsMax(), dropped -> {});
  }

  /**
   * @param then called once, on the loop, possibly before this method returns
   */
  void get(TlsKey key, Consumer<Built> then) {
    Entry entry = entries.computeIfAbsent(key, k -> new Entry());
    SslContext known = entry.context;
    if (known == null) {
      entry.waiting.add(then);
    }
    if (!entry.asking && (known == null || isOld(entry))) {
      ask(key, entry);
    }
    if (known != null) {
      then.accept(new Built.Ready(known));
    }
  }

  private boolean isOld(Entry entry) {
    long age = loop.ticker().nanoTime() - entry.askedNanos;
    return age >= contexts.settings().filesCheckedEvery().toNanos();
  }

  private void ask(TlsKey key, Entry entry) {
    entry.asking = true;
    entry.askedNanos = loop.ticker().nanoTime();
    contexts.get(
        key,
        built -> {
          try {
            loop.execute(() -> answered(key, entry, built));
          } catch (RejectedExecutionException e) {
            // The loop has ended, and with it all who waited.
          }
        });
  }

  private void answered(TlsKey key, Entry entry, Built built) {
    entry.asking = false;
    switch (built) {
      case Built.Ready(SslContext context) -> entry.context = context;
      case Built.Failed failed -> {
        // A file that can't be read any more does not end what works.
        if (entry.context == null) {
          entries.remove(key, entry);
        }
      }
    }
    List<Consumer<Built>> waiting = List.copyOf(entry.waiting);
    entry.waiting.clear();
    waiting.forEach(each -> each.accept(built));
  }
}
