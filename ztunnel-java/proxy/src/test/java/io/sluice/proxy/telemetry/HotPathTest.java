package io.sluice.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.proxy.fault.ResponseFlag;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Counting is exact from many threads and makes no garbage. */
@Timeout(60)
class HotPathTest {
  private static final int THREADS = 8;
  private static final int ROUNDS = 20_000;
  private static final ResponseFlag[] FLAGS = ResponseFlag.values();

  private final Meters meters = new Meters();

  @Test
  void nothingIsLostWhileThreadsRaceForNewOutcomesAndOthersScrape() throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                await(start);
                for (int round = 0; round < ROUNDS; round++) {
                  meters
                      .telemetry
                      .http(Meters.edge(round % 3))
                      .finished(200 + round % 7, FLAGS[round % 5], 2_000_000, 3, 4);
                  meters.telemetry.tcp(Meters.edge(round % 3)).bytes(1, 2);
                }
              }));
    }
    start.countDown();
    while (threads.stream().anyMatch(Thread::isAlive)) {
      assertThat(meters.registry.scrape()).contains("istio_build");
    }

    double all = (double) THREADS * ROUNDS;
    assertThat(meters.sum("istio_requests_total")).isEqualTo(all);
    assertThat(meters.sum("istio_request_duration_milliseconds_count")).isEqualTo(all);
    assertThat(meters.sum("istio_request_duration_milliseconds_sum")).isEqualTo(2 * all);
    assertThat(meters.sum("istio_request_bytes_sum")).isEqualTo(3 * all);
    assertThat(meters.sum("istio_response_bytes_sum")).isEqualTo(4 * all);
    assertThat(meters.sum("istio_tcp_received_bytes_total")).isEqualTo(all);
    assertThat(meters.sum("istio_tcp_sent_bytes_total")).isEqualTo(2 * all);
    assertThat(meters.lines("istio_requests_total")).hasSize(3 * 5 * 7);
    assertThat(meters.sum("sluice_telemetry_label_sets")).isEqualTo(3 * 5 * 7 + 3);
  }

  @Test
  void countingAllocatesNothing() {
    MeshTelemetry.HttpEdge http = meters.telemetry.http(Meters.WEB_TO_STAFF);
    MeshTelemetry.TcpEdge tcp = meters.telemetry.tcp(Meters.WEB_TO_STAFF);
    Runnable round =
        () -> {
          http.finished(200, ResponseFlag.NONE, 1_234_567, 100, 20_000);
          http.finished(504, ResponseFlag.UPSTREAM_TIMEOUT, 1_000_000_000, 0, 24);
          tcp.bytes(1, 2);
          // An edge that is looked up per request, as a proxy does that does not keep it.
          meters.telemetry.http(Meters.WEB_TO_STAFF).finished(200, ResponseFlag.NONE, 1, 1, 1);
        };

    repeat(round, 100);
    long before = allocated();
    repeat(round, 100_000);
    long bytes = allocated() - before;

    // Not a byte per round; the little that is left is the measuring's own.
    assertThat(bytes).isLessThan(10_000);
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  private static void repeat(Runnable round, int times) {
    for (int i = 0; i < times; i++) {
      round.run();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
