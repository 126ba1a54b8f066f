package io.sluice.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketsTest {
  @ParameterizedTest(name = "{0} ns -> bucket {1}")
  @CsvSource({
    "-1, 0",
    "0, 0",
    "500000, 0",
    "500001, 1",
    "1000000, 1",
    "1000001, 2",
    "1000000000, 9",
    "1000000001, 10",
    "3600000000000, 18",
    "3600000000001, 19",
    "9223372036854775807, 19"
  })
  void durations(long nanos, int bucket) {
    assertThat(Buckets.ofNanos(nanos)).isEqualTo(bucket);
  }

  @ParameterizedTest(name = "{0} bytes -> bucket {1}")
  @CsvSource({"0, 0", "1, 1", "2, 2", "5, 2", "6, 3", "3600000, 18", "3600001, 19"})
  void sizes(long bytes, int bucket) {
    assertThat(Buckets.ofBytes(bytes)).isEqualTo(bucket);
  }
}
