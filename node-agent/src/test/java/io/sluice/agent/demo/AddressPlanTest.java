package io.sluice.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AddressPlanTest {
  @Test
  void takesWhatTheExampleSaysWhenItIsFree() {
    assertThat(choose("default via 192.0.2.1 dev eth0\n192.0.2.0/24 dev eth0 src 192.0.2.2"))
        .isEqualTo("10.77.0.");
  }

  @Test
  void movesAsideForARouteAnAddressOrAWiderNetwork() {
    assertThat(choose("10.77.0.0/24 dev br0 proto kernel")).isEqualTo("10.78.0.");
    assertThat(choose("local 10.77.0.9 dev eth1\n10.78.0.128/25 dev x")).isEqualTo("10.79.0.");
    assertThat(choose("10.0.0.0/8 dev vpn")).isEqualTo("172.29.77.");
    assertThat(choose("10.0.0.0/8 dev vpn\n172.16.0.0/12 dev docker0")).isEqualTo("192.168.177.");
  }

  @Test
  void aRouteForEverythingOccupiesNothing() {
    assertThat(choose("0.0.0.0/1 dev vpn\n128.0.0.0/1 dev vpn")).isEqualTo("10.77.0.");
  }

  @Test
  void saysWhatItWouldHaveTaken() {
    List<Ipv4Network> everything =
        Ipv4Network.namedIn("10.0.0.0/8 a\n172.16.0.0/12 b\n192.168.0.0/16 c");
    assertThatThrownBy(() -> AddressPlan.choose(everything))
        .isInstanceOf(DemoFault.class)
        .hasMessageContaining("10.77.0.0/24")
        .hasMessageContaining("ip route");
  }

  @Test
  void fillsItsAddressesIn() {
    AddressPlan plan = new AddressPlan("172.29.77.");
    assertThat(plan.fillIn("podIP: 10.77.0.11\naddress: 10.77.0.50 # 110.77.1.1\n"))
        .isEqualTo("podIP: 172.29.77.11\naddress: 172.29.77.50 # 110.77.1.1\n");
  }

  @Test
  void numbersThatAreNoAddressAreLeftOut() {
    assertThat(Ipv4Network.namedIn("999.1.1.1 10.1.2.3/40 libbpf 1.2.3")).isEmpty();
  }

  private static String choose(String routes) {
    return AddressPlan.choose(Ipv4Network.namedIn(routes)).prefix();
  }
}
