package io.sluice.proxy.doors;

import io.sluice.mesh.workload.Workload;

/**
 * An enrolled pod of this machine, seen from another one that calls it. Any thread; never blocks.
 */
public interface LocalPod {
  /** Stable for the life of the pod. */
  String uid();

  /** Identity and labels as they are now. */
  Workload workload();

  /** Whether connections to it are steered; once false it stays so. */
  boolean steered();

  /**
   * Its app refused a connection that went straight: nobody listens on that port any more. A hint.
   */
  void appRefused();
}
