package io.sluice.agent.kernel.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.kernel.abi.ListeningPort;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class ListenerScanTest {
  private static final String HEADER =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";

  private static ListeningPort port(String address, int port) {
    return new ListeningPort(InetAddress.ofLiteral(address), port);
  }

  @Test
  void listeningIp4OnlyAndNotOtherStates() {
    String table =
        HEADER
            + "   0: 0200580A:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0\n"
            + "   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0\n"
            + "   2: 0200580A:C350 0300580A:1F90 01 00000000:00000000 00:00000000 00000000 0\n";
    assertThat(ListenerScan.parse(table))
        .containsExactlyInAnyOrder(port("10.88.0.2", 8080), port("0.0.0.0", 80));
  }

  @Test
  void anyIp6CountsForIp4Too() {
    String table =
        HEADER
            + "   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0\n"
            + "   1: 000088FD000000000000000002000000:1F91 00000000000000000000000000000000:0000 0A 0\n"
            + "   2: 0000000000000000FFFF00000200580A:1F92 00000000000000000000000000000000:0000 0A 0\n";
    assertThat(ListenerScan.parse(table))
        .containsExactlyInAnyOrder(
            port("::", 8080),
            port("0.0.0.0", 8080),
            port("fd88::2", 8081),
            port("10.88.0.2", 8082));
  }

  @Test
  void emptyTableAndShortLinesAreNothing() {
    assertThat(ListenerScan.parse("")).isEmpty();
    assertThat(ListenerScan.parse(HEADER + "\n 0:\n")).isEmpty();
  }
}
