package io.sluice.agent.doctor;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the kernel brings along, as far as files tell. */
final class Kernel {

  private static final int MAJOR_MIN = 5;
  private static final int MINOR_MIN = 15;
  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");

  private Kernel() {}

  static Finding version(Machine machine) {
    String need = "kernel >= " + MAJOR_MIN + "." + MINOR_MIN;
    String cure = "boot a newer kernel: sk_lookup, netns cookies and socket storage are used";
    String release = machine.text("/proc/sys/kernel/osrelease").orElse("unknown");
    Matcher matcher = RELEASE.matcher(release);
    if (!matcher.matches()) {
      return Finding.missing(need, release, cure);
    }
    int major = Integer.parseInt(matcher.group(1));
    int minor = Integer.parseInt(matcher.group(2));
    boolean enough = major > MAJOR_MIN || (major == MAJOR_MIN && minor >= MINOR_MIN);
    return enough ? Finding.ok(need, release) : Finding.missing(need, release, cure);
  }

  static Finding btf(Machine machine) {
    String path = "/sys/kernel/btf/vmlinux";
    return machine.exists(path)
        ? Finding.ok("BTF", path)
        : Finding.missing(
            "BTF", path + " is not there", "boot a kernel built with CONFIG_DEBUG_INFO_BTF=y");
  }

  static Finding bpffs(Machine machine) {
    Optional<String> mount = machine.mountOf("bpf");
    return Finding.ok("bpffs", mount.orElse("not mounted, and not used: nothing is pinned"));
  }

  static Finding cgroup2(Machine machine) {
    Optional<String> mount = machine.mountOf("cgroup2");
    return mount.isPresent()
        ? Finding.ok("cgroup v2", mount.get())
        : Finding.missing(
            "cgroup v2", "not mounted", "mount -t cgroup2 none /sys/fs/cgroup/unified");
  }

  /**
   * Locked memory bounds BPF maps before 5.11 only; io_uring rings count against it in later ones.
   */
  static Finding memlock(Machine machine) {
    String limit =
        machine.lines("/proc/self/limits").stream()
            .filter(line -> line.startsWith("Max locked memory"))
            .map(line -> line.substring("Max locked memory".length()).strip().split("\\s+")[0])
            .findFirst()
            .orElse("unknown");
    String seen = limit.equals("unlimited") ? limit : limit + " bytes";
    return Finding.ok("locked memory", seen + " (BPF memory is not counted since kernel 5.11)");
  }

  /** Listeners bind outside this range, so something has to be left. */
  static Finding portRange(Machine machine) {
    String need = "ports for listeners";
    String path = "/proc/sys/net/ipv4/ip_local_port_range";
    String text = machine.text(path).orElse("");
    String[] bounds = text.split("\\s+");
    if (bounds.length != 2) {
      return Finding.note(need, path + ": '" + text + "'", "expected are two numbers");
    }
    int left =
        Integer.parseInt(bounds[0])
            - FIRST_UNPRIVILEGED_PORT
            + PORT_MAX
            - Integer.parseInt(bounds[1]);
    String seen = "ephemeral range " + bounds[0] + "-" + bounds[1] + " leaves " + Math.max(0, left);
    return left >= PORTS_LEFT_MIN
        ? Finding.ok(need, seen)
        : Finding.missing(
            need,
            seen,
            "sysctl -w net.ipv4.ip_local_port_range='32768 60999', in the pods as well");
  }

  private static final int FIRST_UNPRIVILEGED_PORT = 1024;
  private static final int PORT_MAX = 65535;
  private static final int PORTS_LEFT_MIN = 256;

  static Finding ioUring(Machine machine, Optional<Throwable> unavailable) {
    String need = "io_uring (optional)";
    if (unavailable.isEmpty()) {
      return Finding.ok(need, "works: --transport io_uring may be chosen");
    }
    String switchedOff =
        machine.text("/proc/sys/kernel/io_uring_disabled").orElse("no such switch");
    return Finding.note(
        need,
        "does not work ("
            + unavailable.get().getMessage()
            + "; kernel.io_uring_disabled: "
            + switchedOff
            + ")",
        "nothing to do: epoll is the default");
  }
}
