package io.sluice.agent.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** May this process do what the agent does? */
final class Privileges {

  private static final String NEED = "privileges";

  private Privileges() {}

  /**
   * What the agent does with a capability.
   *
   * @param bit number in linux/capability.h
   * @param coveredByAdmin CAP_SYS_ADMIN stands in for it
   */
  private record Capability(
      String name, int bit, boolean coveredByAdmin, boolean needed, String use) {
    boolean isIn(long mask) {
      return (mask >>> bit & 1) != 0 || (coveredByAdmin && (mask >>> ADMIN_BIT & 1) != 0);
    }
  }

  private static final int ADMIN_BIT = 21;

  private static final List<Capability> USED =
      List.of(
          new Capability("CAP_BPF", 39, true, true, "load programs"),
          new Capability("CAP_PERFMON", 38, true, true, "load programs"),
          new Capability("CAP_NET_ADMIN", 12, false, true, "attach network programs"),
          new Capability("CAP_SYS_ADMIN", ADMIN_BIT, false, true, "enter network namespaces"),
          new Capability(
              "CAP_SYS_PTRACE", 19, false, false, "open /proc/PID/ns/net of other users' pods"),
          new Capability("CAP_SYS_RESOURCE", 24, false, false, "raise limits"));

  static Finding look(Machine machine) {
    Optional<Long> mask = effective(machine);
    if (mask.isEmpty()) {
      return Finding.missing(NEED, "/proc/self/status names no CapEff", "mount /proc");
    }
    List<Capability> lacking = new ArrayList<>(USED);
    lacking.removeIf(capability -> capability.isIn(mask.get()));
    if (lacking.isEmpty()) {
      return Finding.ok(NEED, "all capabilities that are used (" + names(USED) + ")");
    }
    boolean needed = lacking.stream().anyMatch(Capability::needed);
    String seen = "lacking " + names(lacking);
    return needed
        ? Finding.missing(NEED, seen, "run as root, or give the process these capabilities")
        : Finding.note(NEED, seen, uses(lacking));
  }

  private static Optional<Long> effective(Machine machine) {
    return machine.lines("/proc/self/status").stream()
        .filter(line -> line.startsWith("CapEff:"))
        .map(line -> Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16))
        .findFirst();
  }

  private static String names(List<Capability> capabilities) {
    return String.join(", ", capabilities.stream().map(Capability::name).toList());
  }

  private static String uses(List<Capability> capabilities) {
    return String.join(
        "; ",
        capabilities.stream().map(each -> each.name() + " is used to " + each.use()).toList());
  }
}
