package io.sluice.proxy.upstream;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What one event loop knows of one name, and who waits for more. */
final class CachedName {
  /**
   * @param addresses empty: the name has none that is known
   * @param reason why there is none
   */
  record Found(List<InetAddress> addresses, String reason) {}

  private final String name;
  private final EventLoop loop;
  private final DnsSettings settings;
  private final DnsClient dns;
  private final List<Consumer<Found>> waiting = new ArrayList<>(1);
  private Found known = new Found(List.of(), "it was not asked for yet");
  private long askAgainNanos;
  private long staleNanos;
  private boolean asking;
  private boolean failing;

  CachedName(String name, EventLoop loop, DnsSettings settings, DnsClient dns) {
    this.name = name;
    this.loop = loop;
    this.settings = settings;
    this.dns = dns;
    this.askAgainNanos = now();
    this.staleNanos = now();
  }

  /**
   * @param then called once, at once when the answer is young or DNS is failing
   */
  void get(Consumer<Found> then) {
    boolean due = now() - askAgainNanos >= 0;
    // While DNS fails nobody shall wait for it again and again.
    boolean usable = !due || (failing && !known.addresses().isEmpty() && now() - staleNanos < 0);
    if (usable) {
      then.accept(known);
    } else {
      waiting.add(then);
    }
    if (due && !asking) {
      asking = true;
      dns.ask(name, this::answered);
    }
  }

  private void answered(DnsClient.Answer answer) {
    asking = false;
    switch (answer) {
      case DnsClient.Answer.Found(List<InetAddress> addresses, long ttlSeconds) -> {
        failing = false;
        known = new Found(addresses, "");
        askAgainNanos = now() + DnsNames.kept(ttlSeconds, settings).toNanos();
        staleNanos = askAgainNanos + settings.staleMax().toNanos();
      }
      case DnsClient.Answer.NoSuchName() -> {
        failing = false;
        known = new Found(List.of(), "DNS knows no such name");
        askAgainNanos = now() + settings.retryAfter().toNanos();
      }
      case DnsClient.Answer.Unanswered(String reason) -> {
        failing = true;
        askAgainNanos = now() + settings.retryAfter().toNanos();
        if (known.addresses().isEmpty() || now() - staleNanos >= 0) {
          known = new Found(List.of(), reason);
        }
      }
    }
    List<Consumer<Found>> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(each -> each.accept(known));
  }

  private long now() {
    return loop.ticker().nanoTime();
  }
}
