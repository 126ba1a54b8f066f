package io.sluice.proxy.upstream;

import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Names as one pod sees them: literal addresses, its hosts file, then DNS with a cache.
 *
 * <p>The pod has a home event loop, which asks and keeps. Other loops read what is known where they
 * are, without a lock, and go to the home loop only for what is not. So each name is asked for once
 * a pod, however many loops there are.
 */
final class PodNames implements CachedName.Owner {
  private static final Logger LOG = System.getLogger(PodNames.class.getName());

  private final String pod;
  private final EventLoop home;
  private final DnsSettings settings;
  private final DnsQuestions dns;
  private final DnsCounts counts;

  /** Written by the home loop. */
  private final Map<String, CachedName> names = new ConcurrentHashMap<>();

  private volatile @Nullable PodView view;
  private volatile boolean manyHostsSaid;

  // What only the home loop touches. A name is in the line once, so that namesMax is its limit.
  private final List<Runnable> beforeView = new ArrayList<>();
  private final ArrayDeque<CachedName> line = new ArrayDeque<>();
  private int asking;
  private boolean closed;

  PodNames(String pod, EventLoop home, DnsSettings settings, DnsQuestions dns, DnsCounts counts) {
    this.pod = pod;
    this.home = home;
    this.settings = settings;
    this.dns = dns;
    this.counts = counts;
  }

  EventLoop home() {
    return home;
  }

  /**
   * All addresses of a host.
   *
   * @param loop the caller's
   * @param then called once, on the caller's loop, before this method returns if the answer is
   *     known
   */
  void addresses(String host, EventLoop loop, Consumer<CachedName.Found> then) {
    assert loop.inEventLoop();
    String name = host.toLowerCase(Locale.ROOT);
    CachedName.Found found = atOnce(name);
    if (found != null) {
      then.accept(found);
    } else if (home.inEventLoop()) {
      wanted(name, then);
    } else {
      try {
        home.execute(() -> wanted(name, answer -> onLoop(loop, () -> then.accept(answer))));
      } catch (RejectedExecutionException e) {
        then.accept(CachedName.Found.none("the proxy ends"));
      }
    }
  }

  private static void onLoop(EventLoop loop, Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // The loop has ended, and whoever waited with it.
    }
  }

  private CachedName.@Nullable Found atOnce(String name) {
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(name);
    if (literal != null) {
      return CachedName.Found.of(List.of(plain(literal)));
    }
    PodView current = view;
    if (current == null) {
      return null;
    }
    List<InetAddress> listed = current.hosts().get(withoutDot(name));
    if (listed != null) {
      return CachedName.Found.of(listed);
    }
    CachedName cached = names.get(name);
    return cached == null ? null : cached.atOnce();
  }

  /** An IPv4 address that is written as IPv6 (::ffff:a.b.c.d) is that IPv4 address. */
  static InetAddress plain(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean mapped =
        address instanceof Inet6Address
            && bytes[10] == -1
            && bytes[11] == -1
            && Arrays.equals(bytes, 0, 10, new byte[10], 0, 10);
    try {
      return mapped ? InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16)) : address;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private static String withoutDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private void wanted(String name, Consumer<CachedName.Found> then) {
    assert home.inEventLoop();
    if (closed) {
      then.accept(CachedName.Found.none("pod " + pod + " is gone"));
      return;
    }
    if (view == null) {
      if (beforeView.isEmpty()) {
        home.schedule(this::doWithoutView, settings.askMax().toNanos(), TimeUnit.NANOSECONDS);
      }
      if (beforeView.size() < settings.limits().waitingMax()) {
        beforeView.add(() -> wanted(name, then));
      } else {
        then.accept(CachedName.Found.none("the pod's resolv.conf is not read yet"));
      }
      return;
    }
    CachedName.Found found = atOnce(name);
    if (found != null) {
      then.accept(found);
      return;
    }
    CachedName cached = names.get(name);
    if (cached == null && !hasRoom()) {
      then.accept(CachedName.Found.none(names.size() + " names are being asked for already"));
      return;
    }
    if (cached == null) {
      cached = new CachedName(name, home, settings, counts, this);
      names.put(name, cached);
      counts.namesKept(1);
    }
    cached.await(then);
  }

  /** At the limit the name that is not used goes, and among several the oldest. */
  private boolean hasRoom() {
    if (names.size() >= settings.limits().namesMax()) {
      names.values().stream()
          .filter(each -> !each.isWaitedFor())
          .min(
              Comparator.comparing(CachedName::isUsed)
                  .thenComparing((a, b) -> Long.signum(a.answeredNanos() - b.answeredNanos())))
          .ifPresent(this::forget);
    }
    return names.size() < settings.limits().namesMax();
  }

  @Override
  public void forget(CachedName name) {
    assert home.inEventLoop();
    if (!name.isWaitedFor() && names.remove(name.host(), name)) {
      name.cancel();
      counts.namesKept(-1);
    }
  }

  @Override
  public void ask(CachedName name) {
    line.add(name);
    askNext();
  }

  private void askNext() {
    PodView current = view;
    while (!closed && current != null && asking < settings.limits().asksMax() && !line.isEmpty()) {
      CachedName name = line.remove();
      if (names.get(name.host()) == name) {
        asking++;
        PodView asked = current;
        dns.ask(current.conf(), name.host(), answer -> answered(name, asked, answer));
      }
    }
  }

  private void answered(CachedName name, PodView asked, DnsQuestions.Answer answer) {
    asking--;
    counts.asked(answer.result());
    if (!asked.equals(view)) {
      line.add(name); // the files changed meanwhile
    } else if (names.get(name.host()) == name) {
      name.answered(answer);
    }
    askNext();
  }

  /** The pod's files, for the first time or because they changed: what is used is asked anew. */
  void view(PodView changed) {
    assert home.inEventLoop();
    if (closed) {
      return;
    }
    boolean first = view == null;
    view = changed;
    if (first) {
      List<Runnable> waited = List.copyOf(beforeView);
      beforeView.clear();
      waited.forEach(Runnable::run);
    } else {
      List.copyOf(names.values()).forEach(CachedName::renew);
    }
  }

  /** Who waits is told; what the files say counts once they can be read. */
  private void doWithoutView() {
    if (view == null) {
      String why =
          "its resolv.conf was not read within "
              + settings.askMax()
              + " (maybe the file system that it is on hangs)";
      view(new PodView(ResolverConf.none(why, settings.queryTimeout()), Map.of()));
    }
  }

  /** Named once a pod. */
  void tooManyHosts(int hosts) {
    if (!manyHostsSaid) {
      manyHostsSaid = true;
      LOG.log(
          Level.WARNING,
          "pod "
              + pod
              + ": one of "
              + hosts
              + " hosts may be meant by an address; those after the first "
              + settings.whose().hostsMax()
              + " are passed over (expected: addresses in the ServiceEntries of TCP ports)");
    }
  }

  /** Forgets everything; done when the last socket is closed. */
  Future<?> close() {
    assert home.inEventLoop();
    closed = true;
    Future<?> done = dns.close();
    counts.namesKept(-names.size());
    List<CachedName> all = List.copyOf(names.values());
    names.clear();
    line.clear();
    all.forEach(each -> each.close("pod " + pod + " is gone"));
    List<Runnable> waited = List.copyOf(beforeView);
    beforeView.clear();
    waited.forEach(Runnable::run);
    return done;
  }
}
