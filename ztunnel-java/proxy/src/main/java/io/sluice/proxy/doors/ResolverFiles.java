package io.sluice.proxy.doors;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a pod's view of names stands. Read by the proxy's thread for files, again when they change;
 * either may be missing.
 *
 * @param resolvConf see resolv.conf(5)
 * @param hosts see hosts(5); its names are never asked for
 */
public record ResolverFiles(Path resolvConf, Path hosts) {
  /** The machine's own. */
  public static final ResolverFiles MACHINE =
      new ResolverFiles(Path.of("/etc/resolv.conf"), Path.of("/etc/hosts"));

  public ResolverFiles {
    Objects.requireNonNull(resolvConf, "resolvConf");
    Objects.requireNonNull(hosts, "hosts");
  }
}
