package io.sluice.agent.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusTextTest {
  @Test
  void healthy() {
    assertThat(StatusText.render(Examples.healthy()))
        .isEqualTo(
            """
            agent   sluice 0.1.0, up 2m 5s
            ready   yes
            config  directory examples/fleetman: 23 resources, generation 4 of 2026-01-31T12:00:00Z, compiled in 12.3 ms
            kernel  attached: connect4 sockops

            PODS: 1 of 1 enrolled
            NAMESPACE  POD    STATE     CONNECTIONS  OLDER  ADDRESSES         LISTENERS
            shop       web-1  enrolled  3            12     10.0.0.7,fd00::7  outbound_v4:20001 inbound_v4:20002

            PROBLEMS: none

            OLDER CONNECTIONS: open since before their pod was enrolled. No rule or metric reaches them until \
            the app opens them anew; restart the app if that can't wait.
              shop/web-1: 12: 10.0.0.7:40000 -> 10.0.0.8:5432 and 11 more
            """);
  }

  @Test
  void troubled() {
    assertThat(StatusText.render(Examples.troubled()))
        .contains("up 1d 1h")
        .contains(
            "ready   NO: kernel programs: not attached, connect4 was refused: not permitted (run as root);"
                + " pod shop/staff-1: failed, /run/netns/staff: no such file")
        .contains(
            "kernel  NOT ATTACHED (connect4 was refused: not permitted (run as root)): connect4 (NOT ATTACHED)")
        .contains("PODS: 1 of 2 enrolled")
        .contains("shop       staff-1  failed    0            0      -                 -\n")
        .contains("NOT ENROLLED, tried again until it works\n  shop/staff-1: /run/netns/staff: no")
        .contains("PROBLEMS: 1 (error: the resource's last good version stays in force")
        .contains(
            "error     VirtualService shop/driver  spec.http[0].timeout  1 sec  driver.yaml:3  a duration such as 1s\n");
  }

  @Test
  void anAgentThatHasJustStartedSaysHowPodsTakePart() {
    AgentStatus status =
        new AgentStatus(
            "0.1.0",
            Duration.ZERO,
            false,
            List.of(),
            new ConfigState("directory d", false, 0, Duration.ZERO, 0, Optional.empty(), List.of()),
            new DatapathState(true, "", List.of()));

    assertThat(StatusText.render(status))
        .contains("ready   NO: configuration: not read yet (directory d)")
        .contains("config  directory d, not read yet")
        .contains("PODS: none. A pod takes part if")
        .doesNotContain("OLDER");
  }

  @Test
  void valuesOfResourcesCannotDriveTheTerminal() {
    assertThat(new Table().row("a\u001b[31m\nb", "c").text()).isEqualTo("a [31m b  c\n");
  }
}
