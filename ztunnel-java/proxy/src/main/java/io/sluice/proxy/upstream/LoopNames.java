package io.sluice.proxy.upstream;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.sluice.mesh.service.Discovery;
import io.sluice.mesh.service.Endpoint;
import io.sluice.proxy.fault.Failure;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One pod's names as one event loop uses them. What it knows is the pod's, not the loop's. */
final class LoopNames implements Names {
  private final PodNames pod;
  private final EventLoop loop;
  private final DnsSettings.Whose limits;

  LoopNames(PodNames pod, EventLoop loop, DnsSettings.Whose limits) {
    this.pod = pod;
    this.loop = loop;
    this.limits = limits;
  }

  @Override
  public void resolve(List<Discovery.Dns.Name> names, Consumer<Resolved> then) {
    assert loop.inEventLoop();
    if (names.size() == 1) {
      Discovery.Dns.Name only = names.get(0);
      pod.addresses(only.host(), loop, found -> then.accept(endpoints(only, found)));
    } else {
      new Gathering(names, then).begin();
    }
  }

  @Override
  public void whose(InetAddress address, List<String> hosts, Consumer<Optional<String>> then) {
    assert loop.inEventLoop();
    if (hosts.size() > limits.hostsMax()) {
      pod.tooManyHosts(hosts.size());
    }
    new Search(address, hosts.subList(0, Math.min(hosts.size(), limits.hostsMax())), then).begin();
  }

  private static Resolved endpoints(Discovery.Dns.Name name, CachedName.Found found) {
    return found.usable().isEmpty()
        ? new Resolved.Not(new Failure.NameNotResolved(name.host(), found.reason()))
        : new Resolved.To(endpointsOf(name, found));
  }

  private static List<Endpoint> endpointsOf(Discovery.Dns.Name name, CachedName.Found found) {
    return found.usable().stream()
        .map(each -> new Endpoint(new InetSocketAddress(each, name.port()), Optional.empty()))
        .toList();
  }

  /** Waits for all of several names; those that fail are left out if another does not. */
  private final class Gathering {
    private final List<Discovery.Dns.Name> names;
    private final Consumer<Resolved> then;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private int missing;

    Gathering(List<Discovery.Dns.Name> names, Consumer<Resolved> then) {
      this.names = names;
      this.then = then;
      this.missing = names.size();
    }

    void begin() {
      if (names.isEmpty()) {
        then.accept(new Resolved.Not(new Failure.NameNotResolved("", "the cluster has no names")));
      }
      for (Discovery.Dns.Name each : names) {
        pod.addresses(each.host(), loop, found -> found(each, found));
      }
    }

    private void found(Discovery.Dns.Name name, CachedName.Found found) {
      endpoints.addAll(endpointsOf(name, found));
      if (found.usable().isEmpty()) {
        reasons.add(name.host() + ": " + found.reason());
      }
      if (--missing == 0) {
        then.accept(endpoints.isEmpty() ? none() : new Resolved.To(List.copyOf(endpoints)));
      }
    }

    private Resolved none() {
      String all = names.stream().map(Discovery.Dns.Name::host).collect(Collectors.joining(", "));
      return new Resolved.Not(new Failure.NameNotResolved(all, String.join("; ", reasons)));
    }
  }

  /** The first host that has the address, once those before it are known not to have it. */
  private final class Search {
    private final InetAddress address;
    private final List<String> hosts;
    private final Consumer<Optional<String>> then;
    private final CachedName.@Nullable Found[] found;
    private @Nullable Future<?> limit;
    private boolean ended;

    Search(InetAddress address, List<String> hosts, Consumer<Optional<String>> then) {
      this.address = PodNames.plain(address);
      this.hosts = hosts;
      this.then = then;
      this.found = new CachedName.Found[hosts.size()];
    }

    void begin() {
      for (int i = 0; i < hosts.size() && !ended; i++) {
        int index = i;
        pod.addresses(
            hosts.get(i),
            loop,
            answer -> {
              found[index] = answer;
              look(false);
            });
      }
      look(false);
      if (!ended) {
        Runnable late = () -> look(true);
        limit = loop.schedule(late, limits.waitMax().toNanos(), TimeUnit.NANOSECONDS);
      }
    }

    /**
     * @param late hosts that are not known yet are passed over
     */
    private void look(boolean late) {
      for (int i = 0; i < found.length && !ended; i++) {
        CachedName.Found each = found[i];
        if (each == null && !late) {
          return;
        }
        if (each != null && each.all().contains(address)) {
          end(Optional.of(hosts.get(i)));
        }
      }
      end(Optional.empty());
    }

    private void end(Optional<String> host) {
      if (ended) {
        return;
      }
      ended = true;
      Future<?> timer = limit;
      if (timer != null) {
        timer.cancel(false);
      }
      then.accept(host);
    }
  }
}
