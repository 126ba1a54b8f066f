package io.sluice.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.kernel.program.AppConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OlderConnectionsTest {

  private final List<AppConnection> table = new ArrayList<>();

  @Test
  void thoseOfTheStartThatAreStillThere() {
    AppConnection out = connection(1, "10.0.1.1", 40_000, "10.0.1.2", 80);
    AppConnection in = connection(2, "fd00::1", 8080, "fd00::2", 40_000);
    table.addAll(List.of(out, in));
    OlderConnections older = new OlderConnections(() -> table);
    assertThat(older.now().examples())
        .containsExactly(
            "10.0.1.1:40000 -> 10.0.1.2:80",
            "[fd00:0:0:0:0:0:0:1]:8080 -> [fd00:0:0:0:0:0:0:2]:40000");

    table.add(connection(3, "10.0.1.1", 40_001, "10.0.1.2", 80));
    assertThat(older.now().count()).as("a later one is not older").isEqualTo(2);

    table.remove(out);
    assertThat(older.now().count()).isEqualTo(1);
    table.add(out);
    assertThat(older.now().count()).as("what has gone does not come back").isEqualTo(1);
  }

  @Test
  void loopbackIsNeverSteeredAndSoNotOlder() {
    table.add(connection(1, "127.0.0.1", 40_000, "127.0.0.1", 80));
    table.add(connection(2, "::1", 40_000, "::1", 80));
    table.add(connection(3, "10.0.1.1", 40_000, "127.9.9.9", 15_555));
    assertThat(new OlderConnections(() -> table).now().count()).isZero();
  }

  @Test
  void bothEndsInOnePodAreOneConnection() {
    table.add(connection(1, "10.0.1.1", 40_000, "10.0.1.1", 80));
    table.add(connection(2, "10.0.1.1", 80, "10.0.1.1", 40_000));
    assertThat(new OlderConnections(() -> table).now().examples())
        .containsExactly("10.0.1.1:40000 -> 10.0.1.1:80");
  }

  @Test
  void aSocketThatIsConnectedElsewhereIsAnotherConnection() {
    table.add(connection(1, "10.0.1.1", 40_000, "10.0.1.2", 80));
    OlderConnections older = new OlderConnections(() -> table);
    table.set(0, connection(1, "10.0.1.1", 40_000, "10.0.1.3", 80));
    assertThat(older.now().count()).isZero();
  }

  private static AppConnection connection(
      long socket, String local, int localPort, String remote, int remotePort) {
    return new AppConnection(
        socket,
        new InetSocketAddress(InetAddress.ofLiteral(local), localPort),
        new InetSocketAddress(InetAddress.ofLiteral(remote), remotePort));
  }
}
