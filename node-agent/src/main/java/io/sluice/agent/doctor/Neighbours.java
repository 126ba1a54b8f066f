package io.sluice.agent.doctor;

import io.sluice.agent.kernel.ffi.KernelFault;
import io.sluice.agent.kernel.program.Cgroup2;
import java.util.List;

/** Programs of others at the hooks that the agent uses. */
final class Neighbours {
  private static final String NEED = "others at connect";

  /** Cilium's load balancing at the socket: {@code cil_sock4_connect}, cut by the kernel. */
  private static final String CILIUM = "cil_sock";

  private static final String OWN = "sl_connect";

  private Neighbours() {}

  /** Asks the kernel; nothing to say where it does not tell, other findings say why. */
  static List<Finding> look() {
    try {
      return List.of(judge(Cgroup2.connectPrograms()));
    } catch (KernelFault e) {
      return List.of();
    }
  }

  static Finding judge(List<String> programs) {
    if (programs.stream().anyMatch(name -> name.startsWith(CILIUM))) {
      return Finding.note(
          NEED,
          String.join(", ", programs),
          "Cilium chooses the pod behind a Service at connect: where it comes first, the agent sees"
              + " pod addresses, and rules apply by the Host header alone. Set Cilium's"
              + " socketLB.hostNamespaceOnly=true");
    }
    if (programs.stream().anyMatch(name -> name.startsWith(OWN))) {
      return Finding.ok(NEED, "an agent runs: " + String.join(", ", programs));
    }
    return Finding.ok(NEED, programs.isEmpty() ? "none" : String.join(", ", programs));
  }
}
