package io.sluice.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.proxy.PodListener.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnPortsTest {
  private final OwnPorts own =
      OwnPorts.of(
          List.of(
              new PodListener(Role.OUTBOUND_V4, 61_001, 11),
              new PodListener(Role.INBOUND_V4, 61_002, 12),
              new PodListener(Role.OUTBOUND_V6, 61_003, 13),
              new PodListener(Role.OUTBOUND_V6, 61_004, 14),
              new PodListener(Role.INBOUND_V6, 61_005, 15)));

  @Test
  void whatWouldComeBackIsOfTheSameFamily() {
    assertThat(own.reachableBy(Role.OUTBOUND_V4)).containsExactly(61_001);
    assertThat(own.reachableBy(Role.OUTBOUND_V6)).containsExactlyInAnyOrder(61_003, 61_004);
    assertThat(own.reachableBy(Role.INBOUND_V4)).containsExactly(61_001);
  }

  @Test
  void anAppMayHaveTheNumberOfAnIpv6ListenerOnThePodsAddress() {
    assertThat(own.reachableBy(Role.INBOUND_V4)).doesNotContain(61_003);
    assertThat(own.reachableBy(Role.INBOUND_V6)).isEmpty();
  }
}
