package io.sluice.proxy.upstream;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one pod knows of one name, and who waits for more. Changed on the pod's home loop alone; any
 * loop reads what is known with one volatile read.
 *
 * <pre>
 *   answered          askAt (some 80 % of the TTL)         usableUntil (the TTL)     staleUntil
 *      |-- known ---------|-- known, asked in the background -----|-- requests wait -----|
 *                              if it was used since                 or DNS is down: stale
 * </pre>
 */
final class CachedName {
  private static final double ASK_AT_LEAST = 0.75;
  private static final double ASK_AT_SPREAD = 0.15;

  /**
   * @param all of both families
   * @param usable those to dial: IPv4 if there is any; empty: none is known
   * @param reason why none is known
   */
  record Found(List<InetAddress> all, List<InetAddress> usable, String reason) {
    static Found of(List<InetAddress> all) {
      List<InetAddress> ip4 = all.stream().filter(Inet4Address.class::isInstance).toList();
      return new Found(all, ip4.isEmpty() ? all : ip4, "");
    }

    static Found none(String reason) {
      return new Found(List.of(), List.of(), reason);
    }
  }

  /**
   * @param stale its time is over, and DNS does not answer
   */
  private record Known(Found found, boolean stale, long usableUntil, long askAt) {}

  /** The cache that it is in. */
  interface Owner {
    /** It wants to be asked for: {@link CachedName#answered} follows, or the pod's end. */
    void ask(CachedName name);

    /** It is of no use any more. */
    void forget(CachedName name);
  }

  private final String host;
  private final EventLoop home;
  private final DnsSettings settings;
  private final DnsCounts counts;
  private final Owner owner;
  private final List<Consumer<Found>> waiting = new ArrayList<>(1);
  private volatile @Nullable Known known;
  private volatile boolean used = true;
  private volatile boolean asking;
  private @Nullable Found lastGood;
  private long staleUntil;
  private long answeredNanos;
  private Duration retry;
  private @Nullable Future<?> timer;
  private @Nullable Future<?> staleTimer;

  CachedName(String host, EventLoop home, DnsSettings settings, DnsCounts counts, Owner owner) {
    this.host = host;
    this.home = home;
    this.settings = settings;
    this.counts = counts;
    this.owner = owner;
    this.retry = settings.keeping().retryAfter();
    this.answeredNanos = now();
  }

  String host() {
    return host;
  }

  /** What is known, without waiting; null: whoever wants it must wait. Any loop. */
  @Nullable Found atOnce() {
    Known current = known;
    if (current == null || now() - current.usableUntil() >= 0) {
      return null;
    }
    if (!used) {
      used = true;
    }
    if (now() - current.askAt() >= 0 && !asking && !current.found().usable().isEmpty()) {
      // Nobody had used it when its time to be refreshed came.
      refreshSoon();
    }
    if (current.stale()) {
      counts.usedStale();
    }
    return current.found();
  }

  /**
   * @param then called once, when it is known, or asked for in vain
   */
  void await(Consumer<Found> then) {
    assert home.inEventLoop();
    Found found = atOnce();
    if (found != null) {
      then.accept(found);
      return;
    }
    if (waiting.size() >= settings.limits().waitingMax()) {
      then.accept(Found.none(waiting.size() + " requests wait for DNS already"));
      return;
    }
    used = true;
    waiting.add(then);
    if (lastGood != null && now() - staleUntil < 0 && staleTimer == null) {
      staleTimer =
          home.schedule(
              this::waitedLongEnough,
              settings.keeping().staleWait().toNanos(),
              TimeUnit.NANOSECONDS);
    }
    ask();
  }

  private void refreshSoon() {
    try {
      home.execute(this::refresh);
    } catch (RejectedExecutionException e) {
      // The proxy ends; what is known will do.
    }
  }

  /** Asks for it in the background; what is known is used meanwhile. */
  private void refresh() {
    assert home.inEventLoop();
    if (lastGood != null) {
      ask();
    }
  }

  /** Others may have another answer from now on. */
  void renew() {
    assert home.inEventLoop();
    if (lastGood != null && used) {
      ask();
    } else {
      owner.forget(this);
    }
  }

  boolean isWaitedFor() {
    return !waiting.isEmpty();
  }

  boolean isUsed() {
    return used;
  }

  long answeredNanos() {
    return answeredNanos;
  }

  void answered(DnsQuestions.Answer answer) {
    asking = false;
    answeredNanos = now();
    switch (answer) {
      case DnsQuestions.Answer.Found(List<InetAddress> addresses, long ttlSeconds) ->
          found(Found.of(addresses), kept(ttlSeconds, settings.keeping()).toNanos());
      case DnsQuestions.Answer.Absent(DnsResult result, String reason) -> {
        lastGood = null;
        none(reason, settings.keeping().absentFor());
      }
      case DnsQuestions.Answer.Unanswered(DnsResult result, String reason) -> failed(reason);
    }
    used = false;
    tellAll();
  }

  /** Nothing will be known any more. */
  void close(String reason) {
    cancel();
    lastGood = null;
    known = new Known(Found.none(reason), false, now(), now());
    tellAll();
  }

  /** Between the limits. */
  static Duration kept(long ttlSeconds, DnsSettings.Keeping keeping) {
    if (ttlSeconds >= keeping.ttlMax().toSeconds()) {
      return keeping.ttlMax();
    }
    Duration ttl = Duration.ofSeconds(Math.max(0, ttlSeconds));
    return ttl.compareTo(keeping.ttlMin()) < 0 ? keeping.ttlMin() : ttl;
  }

  private void ask() {
    if (!asking) {
      asking = true;
      owner.ask(this);
    }
  }

  private void found(Found found, long keptNanos) {
    retry = settings.keeping().retryAfter();
    lastGood = found;
    long usableUntil = now() + keptNanos;
    staleUntil = usableUntil + settings.keeping().staleMax().toNanos();
    publish(found, false, usableUntil, now() + (long) (keptNanos * share()));
  }

  /** Names and pods that began together shall not ask together for ever. */
  private double share() {
    int spread = (host.hashCode() * 31 + System.identityHashCode(owner)) & 0xff;
    return ASK_AT_LEAST + ASK_AT_SPREAD * spread / 0xff;
  }

  private void none(String reason, Duration remembered) {
    long until = now() + remembered.toNanos();
    publish(Found.none(reason), false, until, until);
  }

  private void failed(String reason) {
    Found good = lastGood;
    if (good == null || now() - staleUntil >= 0) {
      lastGood = null;
      none(reason, settings.keeping().retryAfter());
      return;
    }
    Known before = known;
    boolean stillYoung = before != null && !before.stale() && now() - before.usableUntil() < 0;
    long askAt = now() + retry.toNanos();
    Duration twice = retry.multipliedBy(2);
    Duration max = settings.keeping().retryMax();
    retry = twice.compareTo(max) < 0 ? twice : max;
    if (stillYoung && before != null && askAt - before.usableUntil() < 0) {
      publish(good, false, before.usableUntil(), askAt);
    } else {
      publish(good, true, staleUntil, askAt);
    }
  }

  private void publish(Found found, boolean stale, long usableUntil, long askAt) {
    known = new Known(found, stale, usableUntil, askAt);
    at(askAt, this::due);
  }

  private void at(long nanos, Runnable what) {
    Future<?> before = timer;
    if (before != null) {
      before.cancel(false);
    }
    timer = home.schedule(what, Math.max(0, nanos - now()), TimeUnit.NANOSECONDS);
  }

  private void due() {
    if (lastGood == null) {
      owner.forget(this);
    } else if (used) {
      ask();
    } else {
      at(staleUntil, this::forgetUnlessUsed);
    }
  }

  private void forgetUnlessUsed() {
    if (!used && !asking && !isWaitedFor()) {
      owner.forget(this);
    }
  }

  /** DNS takes its time: what was known before is better than nothing. */
  private void waitedLongEnough() {
    staleTimer = null;
    Found good = lastGood;
    if (asking && good != null && now() - staleUntil < 0) {
      known = new Known(good, true, staleUntil, staleUntil);
      tellAll();
    }
  }

  private void tellAll() {
    Future<?> waitedFor = staleTimer;
    if (waitedFor != null) {
      waitedFor.cancel(false);
      staleTimer = null;
    }
    Known current = known;
    if (current == null || waiting.isEmpty()) {
      return;
    }
    List<Consumer<Found>> all = List.copyOf(waiting);
    waiting.clear();
    for (Consumer<Found> each : all) {
      if (current.stale()) {
        counts.usedStale();
      }
      each.accept(current.found());
    }
  }

  void cancel() {
    Future<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
  }

  private long now() {
    return home.ticker().nanoTime();
  }
}
