package io.sluice.proxy.resilience;

import io.sluice.mesh.http.FaultAbort;
import io.sluice.mesh.http.HttpRoute;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Whether a routed request is let through. */
public sealed interface Admission {
  /**
   * It may go.
   *
   * @param deadline of the whole exchange; empty: none
   */
  record Admitted(Optional<Deadline> deadline) implements Admission {}

  /** The rule's abort fired: it is answered here. */
  record Aborted(int status) implements Admission {}

  /**
   * @param route the rule that decided; empty when none did
   * @param startNanos the clock's reading at the request's first byte
   * @param random for the abort's percentage
   */
  static Admission of(Optional<HttpRoute> route, long startNanos, RandomGenerator random) {
    if (route.isEmpty()) {
      return new Admitted(Optional.empty());
    }
    Optional<FaultAbort> abort = route.get().abort();
    if (abort.isPresent() && fires(abort.get(), random)) {
      return new Aborted(abort.get().httpStatus());
    }
    return new Admitted(
        injects(abort)
            ? Optional.empty()
            : route.get().timeout().map(limit -> new Deadline(startNanos, limit)));
  }

  /**
   * Istio's HTTPRoute.fault: "timeouts or retries will not be enabled when faults are enabled on
   * the client side", also for the requests that the fault spares.
   */
  private static boolean injects(Optional<FaultAbort> abort) {
    return abort.isPresent() && abort.get().percent() > 0;
  }

  private static boolean fires(FaultAbort abort, RandomGenerator random) {
    // nextDouble() is below 1, so that 100 % always fires and 0 % never.
    return random.nextDouble() * 100 < abort.percent();
  }
}
