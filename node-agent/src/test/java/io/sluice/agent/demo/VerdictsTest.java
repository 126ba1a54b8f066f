package io.sluice.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.demo.Customer.Visit;
import io.sluice.agent.demo.shop.Page;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictsTest {
  @Test
  void slowMeansTwentySecondsWithBothKindsOfAnswer() {
    assertThat(Verdicts.slow(List.of(page(20_040, 200, 20_010), page(20_030, 500, 20_008))).ok())
        .isTrue();
    assertThat(Verdicts.slow(List.of(page(20_040, 200, 20_010), page(1_030, 500, 1_008))).ok())
        .isFalse();
    assertThat(Verdicts.slow(List.of(page(20_040, 200, 20_010))).ok()).isFalse();
    assertThat(Verdicts.slow(List.of()).ok()).isFalse();
  }

  @Test
  void aTimeoutIs504AtItsTimeNeitherEarlyNorLate() {
    assertThat(Verdicts.timedOut(List.of(page(1_010, 504, 1_003))).ok()).isTrue();
    assertThat(Verdicts.timedOut(List.of(page(10, 504, 3))).ok()).isFalse();
    assertThat(Verdicts.timedOut(List.of(page(5_000, 504, 4_990))).ok()).isFalse();
    assertThat(Verdicts.timedOut(List.of(page(1_010, 200, 1_003))).ok()).isFalse();
  }

  @Test
  void aDropIsFast503() {
    assertThat(Verdicts.dropped(List.of(page(9, 503, 2))).ok()).isTrue();
    assertThat(Verdicts.dropped(List.of(page(9, 503, 2), page(1_009, 503, 1_002))).ok()).isFalse();
    assertThat(Verdicts.dropped(List.of(page(9, 0, 2))).ok()).isFalse();
  }

  @Test
  void aFrontPageThatFailedIsNeverGood() {
    Visit failed = new Visit(0, Page.empty(), 1_000);
    assertThat(Verdicts.quick(List.of(failed), failed).ok()).isFalse();
    assertThat(Verdicts.timedOut(List.of(failed)).ok()).isFalse();
    assertThat(Verdicts.piledUp(new Visit(502, Page.empty(), 19_000)).ok()).isFalse();
  }

  @Test
  void directMeansTheSamePortAtBothEnds() {
    Page direct = payroll("41234", "10.77.0.14", "41234");
    assertThat(Verdicts.direct(direct, "10.77.0.14").ok()).isTrue();
    assertThat(Verdicts.direct(payroll("41234", "10.77.0.14", "50000"), "10.77.0.14").ok())
        .isFalse();
    assertThat(Verdicts.direct(Page.empty(), "").ok()).isFalse();
    assertThat(Verdicts.refused(Page.empty().with("port-80", "Connection refused")).ok()).isTrue();
    assertThat(Verdicts.refused(Page.empty().with("port-80", "accepted")).ok()).isFalse();
  }

  @Test
  void aWrongPeerIsShownWithTheRightOne() {
    Check check =
        Verdicts.peer(Page.empty().with("staff-peer", "127.9.1.1"), "staff", "10.77.0.11", "pod");
    assertThat(check.ok()).isFalse();
    assertThat(check.saw()).contains("127.9.1.1");
    assertThat(check.expected()).isEqualTo("10.77.0.11");
  }

  private static Visit page(long waited, int driverStatus, long driverMillis) {
    return new Visit(
        200,
        Page.empty().with("driver-status", driverStatus).with("driver-ms", driverMillis),
        waited);
  }

  private static Page payroll(String localPort, String peer, String peerPort) {
    return Page.empty()
        .with("local-port", localPort)
        .with("driver-peer", peer)
        .with("driver-peer-port", peerPort);
  }
}
