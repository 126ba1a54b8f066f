package io.sluice.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.kernel.program.AppConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lines as a little-endian kernel prints them. */
class SocketTableTest {

  private static final String HEADER =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
  private static final String OUT =
      "   1: 0101000A:9C40 0201000A:0050 01 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000 20 4 0";
  private static final String LISTEN =
      "   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000 100 0";
  private static final String LOCAL =
      "   2: 0100007F:9C40 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000 20 4 0";
  private static final String MAPPED =
      "   0: 0000000000000000FFFF00000101000A:9C41 0000000000000000FFFF00000201000A:0050 01 00000000:00000000"
          + " 00:00000000 00000000     0        0 4714 1 0000 20 4 0";
  private static final String V6 =
      "   0: B80D0120000000000000000001000000:9C42 B80D0120000000000000000002000000:0050 01 00000000:00000000"
          + " 00:00000000 00000000     0        0 4715 1 0000 20 4 0";

  @BeforeEach
  void littleEndian() {
    Assumptions.assumeTrue(
        ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "needs a little-endian machine");
  }

  @Test
  void onlyEstablishedConnections() {
    assertThat(SocketTable.established(List.of(HEADER, OUT, LISTEN, LOCAL, "")))
        .containsExactly(
            connection(4711, "10.0.1.1", 40_000, "10.0.1.2", 80),
            connection(4713, "127.0.0.1", 40_000, "127.0.0.1", 80));
  }

  @Test
  void ipv6AndMappedAddresses() {
    assertThat(SocketTable.established(List.of(HEADER, MAPPED, V6)))
        .containsExactly(
            connection(4714, "10.0.1.1", 40_001, "10.0.1.2", 80),
            connection(4715, "2001:db8::1", 40_002, "2001:db8::2", 80));
  }

  private static AppConnection connection(
      long socket, String local, int localPort, String remote, int remotePort) {
    return new AppConnection(
        socket,
        new InetSocketAddress(InetAddress.ofLiteral(local), localPort),
        new InetSocketAddress(InetAddress.ofLiteral(remote), remotePort));
  }
}
