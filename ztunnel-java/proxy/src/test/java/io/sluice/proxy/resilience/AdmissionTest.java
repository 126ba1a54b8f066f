package io.sluice.proxy.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.mesh.http.FaultAbort;
import io.sluice.mesh.http.HttpAction;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.problem.ResourceRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static HttpRoute route(Optional<FaultAbort> abort) {
    return new HttpRoute(
        "r",
        new ResourceRef("VirtualService", "a", "b"),
        List.of(),
        new HttpAction.Respond(200, ""),
        Optional.of(SECOND),
        abort);
  }

  /** Gives such doubles only. */
  private static RandomGenerator always(double value) {
    return new Random(0) {
      private static final long serialVersionUID = 1L;

      @Override
      public double nextDouble() {
        return value;
      }
    };
  }

  private static Admission of(Optional<FaultAbort> abort, double random) {
    return Admission.of(Optional.of(route(abort)), 5, always(random));
  }

  @Test
  void withoutARuleThereIsNoDeadline() {
    assertThat(Admission.of(Optional.empty(), 5, always(0)))
        .isEqualTo(new Admission.Admitted(Optional.empty()));
  }

  @Test
  void theDeadlineRunsFromTheFirstByte() {
    assertThat(of(Optional.empty(), 0))
        .isEqualTo(new Admission.Admitted(Optional.of(new Deadline(5, SECOND))));
  }

  @Test
  void anAbortFiresByItsPercentage() {
    Optional<FaultAbort> abort = Optional.of(new FaultAbort(503, 12.5));
    assertThat(of(abort, 0.124)).isEqualTo(new Admission.Aborted(503));
    assertThat(of(abort, 0.125)).isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void aRuleThatInjectsAbortsHasNoDeadlineAlsoForRequestsThatAreSpared() {
    assertThat(of(Optional.of(new FaultAbort(503, 50)), 0.9))
        .isEqualTo(new Admission.Admitted(Optional.empty()));
    assertThat(of(Optional.of(new FaultAbort(503, 0)), 0.9))
        .isEqualTo(new Admission.Admitted(Optional.of(new Deadline(5, SECOND))));
  }

  @Test
  void zeroNeverFiresAndAHundredAlwaysDoes() {
    assertThat(of(Optional.of(new FaultAbort(503, 0)), 0)).isInstanceOf(Admission.Admitted.class);
    assertThat(of(Optional.of(new FaultAbort(503, 100)), Math.nextDown(1.0)))
        .isEqualTo(new Admission.Aborted(503));
  }

  @Test
  void aDeadlineCountsDownToZeroAlsoWhereTheClockWrapsAround() {
    long start = Long.MAX_VALUE - 10;
    Deadline deadline = new Deadline(start, Duration.ofNanos(100));
    assertThat(deadline.remainingNanos(start)).isEqualTo(100);
    assertThat(deadline.remainingNanos(start + 99)).isEqualTo(1);
    assertThat(deadline.remainingNanos(start + 200)).isZero();
    assertThat(new Deadline(0, Duration.ofDays(400_000)).remainingNanos(7)).isPositive();
  }
}
