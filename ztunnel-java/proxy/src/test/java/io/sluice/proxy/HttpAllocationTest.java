package io.sluice.proxy;

import static io.sluice.proxy.ProxyRig.GET;
import static io.sluice.proxy.ProxyRig.OK;
import static io.sluice.proxy.testkit.ScriptedServer.readHead;
import static io.sluice.proxy.testkit.ScriptedServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import io.sluice.proxy.testkit.ScriptedServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one request and its response leave to the garbage collector, in steady state. */
@Timeout(120)
class HttpAllocationTest {
  /** Bytes an exchange, everything on the event loops counted: the budget. */
  private static final long BUDGET = 1_800;

  private static final int WARM_UP = 8_000;
  private static final int EXCHANGES = 8_000;

  /** Where one pass counts for the called pod of the same machine, too. */
  private static final long ONE_PASS_BUDGET = BUDGET + 150;

  @Test
  void anExchangeStaysWithinItsBudget() throws IOException {
    assertThat(bytesOfAnExchange(false)).isLessThanOrEqualTo(BUDGET);
  }

  @Test
  void soDoesOneThatIsCountedForBothSides() throws IOException {
    assertThat(bytesOfAnExchange(true)).isLessThanOrEqualTo(ONE_PASS_BUDGET);
  }

  private static long bytesOfAnExchange(boolean onePass) throws IOException {
    ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    try (ScriptedServer server =
            ScriptedServer.start(connection -> {
              while (true) {
                readHead(connection.getInputStream());
                write(connection.getOutputStream(), OK);
              }
            });
        ProxyRig rig = new ProxyRig(server.address());
        RawClient client = rig.client()) {
      rig.telemetry.deafen();
      if (onePass) {
        rig.doors.pods().set("reviews");
      }
      rig.timeout(Duration.ofSeconds(30));
      repeat(client, WARM_UP);
      long allocated = allocated();
      repeat(client, EXCHANGES);
      return (allocated() - allocated) / EXCHANGES;
    } finally {
      ResourceLeakDetector.setLevel(before);
    }
  }

  private static void repeat(RawClient client, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      client.say(GET);
      assertThat(client.message()).isEqualTo(OK);
    }
  }

  /** On the event loops. */
  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
        .filter(each -> each != null && each.getThreadName().startsWith("sluice-io"))
        .mapToLong(each -> threads.getThreadAllocatedBytes(each.getThreadId()))
        .sum();
  }
}
