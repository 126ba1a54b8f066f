package io.sluice.proxy.upstream;

import io.netty.resolver.HostsFileEntriesProvider;
import io.sluice.proxy.doors.PodSockets.PodGoneException;
import io.sluice.proxy.doors.ResolverFiles;
import io.sluice.proxy.intercept.PodContext;
import java.io.IOException;
import java.io.StringReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a pod sees names, from its two files.
 *
 * @param conf whom to ask, and what
 * @param hosts lower-case name -> addresses, both families; never asked for
 */
record PodView(ResolverConf conf, Map<String, List<InetAddress>> hosts) {
  PodView {
    hosts = Map.copyOf(hosts);
  }

  /** Reads a pod's files again and again, and says when they changed. One thread at a time. */
  static final class Reader {
    private static final Logger LOG = System.getLogger(PodView.class.getName());

    private final PodContext pod;
    private final Duration timeout;
    private @Nullable Read resolvConf;
    private @Nullable Read hosts;

    /** What was found, or why nothing; equal when nothing has changed. */
    private record Read(ResolverFiles.@Nullable Text text, String why) {}

    /** One of the two files. */
    private interface File {
      ResolverFiles.Text read() throws IOException;
    }

    /**
     * @param timeout of a query where resolv.conf names none
     */
    Reader(PodContext pod, Duration timeout) {
      this.pod = pod;
      this.timeout = timeout;
    }

    /** The view as it is now; empty when it is as it was at the last call. */
    Optional<PodView> changed() {
      Read newConf = read(pod.resolver()::resolvConf, "resolv.conf");
      Read newHosts = read(pod.resolver()::hosts, "hosts file");
      if (newConf.equals(resolvConf) && newHosts.equals(hosts)) {
        return Optional.empty();
      }
      ResolverConf conf = conf(newConf, !newConf.equals(resolvConf));
      resolvConf = newConf;
      hosts = newHosts;
      return Optional.of(new PodView(conf, hosts(newHosts)));
    }

    private static Read read(File file, String what) {
      try {
        return new Read(file.read(), "");
      } catch (NoSuchFileException e) {
        return new Read(null, "there is no " + what + " (" + e.getMessage() + ")");
      } catch (IOException | RuntimeException e) {
        // A fault here must not end the rereading of this pod's files.
        return new Read(null, "its " + what + " can't be read: " + e.getMessage());
      }
    }

    private ResolverConf conf(Read read, boolean isNew) {
      ResolverFiles.Text text = read.text();
      if (text == null) {
        return ResolverConf.none(read.why(), timeout);
      }
      ResolverConfParser.Parsed parsed = ResolverConfParser.parse(text, timeout, this::interfaceOf);
      if (isNew && !parsed.oddities().isEmpty()) {
        LOG.log(
            Level.WARNING,
            "pod "
                + pod.uid()
                + ": lines of "
                + text.place()
                + " have no effect: "
                + String.join(", ", parsed.oddities()));
      }
      return parsed.conf();
    }

    private int interfaceOf(String name) {
      try {
        return pod.sockets().open(() -> indexOf(name));
      } catch (PodGoneException e) {
        return 0;
      }
    }

    private static int indexOf(String name) {
      try {
        NetworkInterface found = NetworkInterface.getByName(name);
        return found == null ? 0 : found.getIndex();
      } catch (SocketException e) {
        return 0;
      }
    }

    private static Map<String, List<InetAddress>> hosts(Read read) {
      Map<String, List<InetAddress>> all = new HashMap<>();
      ResolverFiles.Text text = read.text();
      if (text != null) {
        try {
          HostsFileEntriesProvider found =
              HostsFileEntriesProvider.parser().parse(new StringReader(text.content()));
          found.ipv4Entries().forEach((name, each) -> all.put(name, List.copyOf(each)));
          found
              .ipv6Entries()
              .forEach((name, each) -> all.merge(name, List.copyOf(each), PodView::joined));
        } catch (IOException e) {
          throw new IllegalStateException("a string can't be read", e);
        }
      }
      return all;
    }
  }

  private static List<InetAddress> joined(List<InetAddress> first, List<InetAddress> then) {
    return java.util.stream.Stream.concat(first.stream(), then.stream()).toList();
  }
}
