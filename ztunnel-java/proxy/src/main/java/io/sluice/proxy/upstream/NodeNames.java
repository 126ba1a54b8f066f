package io.sluice.proxy.upstream;

import io.netty.resolver.HostsFileEntriesProvider;
import io.sluice.proxy.upstream.TrustRoots.Stamp;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the node's resolv.conf and hosts say, kept up to date by the background thread; any thread
 * reads.
 */
final class NodeNames {
  private static final int DNS_PORT = 53;

  /**
   * @param servers to ask, in order
   * @param noServers why there is none; empty when there are some
   * @param hosts lower-case name -> addresses, IPv4 before IPv6
   */
  record Known(
      List<InetSocketAddress> servers, String noServers, Map<String, List<InetAddress>> hosts) {
    Known {
      servers = List.copyOf(servers);
      hosts = Map.copyOf(hosts);
    }
  }

  private final DnsSettings settings;
  private volatile Known known;
  private List<Stamp> stamps;

  /** Reads the files, so not to be called on an event loop; and then again when they change. */
  NodeNames(DnsSettings settings, ScheduledExecutorService background) {
    this.settings = settings;
    this.stamps = stamps();
    this.known = read();
    long everyNanos = settings.filesCheckedEvery().toNanos();
    background.scheduleWithFixedDelay(
        this::readIfChanged, everyNanos, everyNanos, TimeUnit.NANOSECONDS);
  }

  Known known() {
    return known;
  }

  private void readIfChanged() {
    // Taken before the files are read: a change in between is seen the next time.
    List<Stamp> now = stamps();
    if (!now.equals(stamps)) {
      known = read();
      stamps = now;
    }
  }

  private List<Stamp> stamps() {
    return List.of(Stamp.of(Path.of(settings.resolvConf())), Stamp.of(Path.of(settings.hosts())));
  }

  private Known read() {
    if (!settings.servers().isEmpty()) {
      return new Known(settings.servers(), "", hosts());
    }
    List<InetSocketAddress> servers = new ArrayList<>();
    String noServers = "";
    try {
      for (String line : Files.readAllLines(Path.of(settings.resolvConf()))) {
        InetAddress server = nameServer(line);
        if (server != null) {
          servers.add(new InetSocketAddress(server, DNS_PORT));
        }
      }
      if (servers.isEmpty()) {
        noServers =
            settings.resolvConf() + " names no DNS server (expected: a line 'nameserver IP')";
      }
    } catch (NoSuchFileException e) {
      noServers = "there is no " + settings.resolvConf() + " that would name a DNS server";
    } catch (IOException e) {
      noServers = settings.resolvConf() + " can't be read: " + e.getMessage();
    }
    return new Known(servers, noServers, hosts());
  }

  /** The address of a line {@code nameserver ADDRESS}. */
  static @Nullable InetAddress nameServer(String line) {
    String[] words = line.strip().split("\\s+", 3);
    if (words.length < 2 || !words[0].equals("nameserver")) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(words[1]);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private Map<String, List<InetAddress>> hosts() {
    Map<String, List<InetAddress>> all = new HashMap<>();
    try (Reader in = Files.newBufferedReader(Path.of(settings.hosts()), StandardCharsets.UTF_8)) {
      HostsFileEntriesProvider hosts = HostsFileEntriesProvider.parser().parse(in);
      hosts.ipv6Entries().forEach((name, addresses) -> all.put(name, List.copyOf(addresses)));
      hosts.ipv4Entries().forEach((name, addresses) -> all.put(name, List.copyOf(addresses)));
    } catch (IOException e) {
      // Without a hosts file there are no such names.
    }
    return all;
  }
}
