package io.sluice.agent.enrol;

import io.sluice.agent.netns.ConfinedFile;
import io.sluice.agent.netns.NetworkNamespace;
import io.sluice.proxy.doors.ResolverFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a pod's resolv.conf and hosts are, told by the path of its network namespace.
 *
 * <pre>
 *   /run/netns/NAME      /etc/netns/NAME/resolv.conf, as "ip netns exec" has it; else the machine's
 *   /proc/PID/ns/net     /proc/PID/root/etc/resolv.conf
 *   other paths          the machine's
 * </pre>
 */
final class PodResolverFiles {
  private static final Pattern OF_PROCESS = Pattern.compile("(/proc/[0-9]+)/ns/net");
  private static final Pattern NAMED = Pattern.compile("(?:/var)?/run/netns/([^/]+)");

  private PodResolverFiles() {}

  static ResolverFiles of(NetworkNamespace namespace) {
    return of(namespace.path(), Path.of("/etc"), () -> !namespace.isGone());
  }

  /**
   * @param etc the machine's
   * @param stillThere whether the path leads to the pod's namespace, and not by now to another's
   */
  static ResolverFiles of(Path netns, Path etc, BooleanSupplier stillThere) {
    String path = netns.normalize().toString();
    Matcher process = OF_PROCESS.matcher(path);
    if (process.matches()) {
      return new OfProcess(Path.of(process.group(1), "root"), etc, stillThere);
    }
    Matcher name = NAMED.matcher(path);
    if (name.matches()) {
      return new OfName(etc.resolve("netns").resolve(name.group(1)), etc);
    }
    return ResolverFiles.at(etc.resolve("resolv.conf"), etc.resolve("hosts"));
  }

  private record OfName(Path own, Path machine) implements ResolverFiles {
    @Override
    public Text resolvConf() throws IOException {
      return read("resolv.conf");
    }

    @Override
    public Text hosts() throws IOException {
      return read("hosts");
    }

    private Text read(String file) throws IOException {
      try {
        return Text.of(own.resolve(file), false);
      } catch (NoSuchFileException e) {
        return Text.of(machine.resolve(file), true);
      }
    }
  }

  /** What the files say, and whether they are files, is up to the pod: it is not trusted. */
  private record OfProcess(Path root, Path machine, BooleanSupplier stillThere)
      implements ResolverFiles {
    @Override
    public Text resolvConf() throws IOException {
      return read("resolv.conf");
    }

    @Override
    public Text hosts() throws IOException {
      return read("hosts");
    }

    private Text read(String file) throws IOException {
      String below = "etc/" + file;
      try (ConfinedFile found = ConfinedFile.find(root, below, stillThere)) {
        return Text.read(root + "/" + below, found.path(), isMachines(found.path(), file));
      }
    }

    /** A process that was only given a network of its own has the machine's files. */
    private boolean isMachines(Path found, String file) {
      try {
        return Files.isSameFile(found, machine.resolve(file));
      } catch (IOException e) {
        return false;
      }
    }
  }
}
