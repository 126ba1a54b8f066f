package io.sluice.agent.kernel.program;

import io.sluice.agent.kernel.ffi.BpfLink;
import io.sluice.agent.kernel.ffi.BpfObjectHandle;
import io.sluice.agent.kernel.ffi.KernelFault;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/**
 * Lets go of all pods in the moment in which this process is killed, some 10 ms before the kernel
 * gets to its files. See {@code death.c}.
 */
final class DeathWatch {
  private static final Logger LOG = System.getLogger(DeathWatch.class.getName());
  private static final String THIS_IS_ME = "sl_this_is_me";
  private static final String SIGNAL = "sl_signal";

  /** A kernel that was built without tracepoints can do without. */
  static final List<String> PROGRAMS = List.of(THIS_IS_ME, SIGNAL);

  private DeathWatch() {}

  /**
   * Empty where the kernel has no raw tracepoints, or none for us. Any thread of the process that
   * is watched.
   */
  static Optional<BpfLink> attach(BpfObjectHandle object) {
    if (!object.has(THIS_IS_ME) || !object.has(SIGNAL)) {
      return Optional.empty();
    }
    try {
      object.run(THIS_IS_ME);
      return Optional.of(object.attachTracepoint(SIGNAL, "signal_generate"));
    } catch (KernelFault fault) {
      // What only makes the end better must not stand in the way of the beginning.
      LOG.log(
          Level.WARNING,
          "connections that pods make while the agent is being killed will fail (expected: a kernel"
              + " that lets root attach to raw tracepoints; maybe it is locked down): "
              + fault.getMessage());
      return Optional.empty();
    }
  }
}
