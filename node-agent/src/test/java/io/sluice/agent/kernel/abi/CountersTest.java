package io.sluice.agent.kernel.abi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountersTest {
  @ParameterizedTest
  @CsvSource({"0, 0", "0-3, 3", "'0,2-5', 5", "'0-3,8', 8"})
  void highestPossibleCpu(String possible, int last) {
    assertThat(Counters.lastCpu(possible + "\n")).isEqualTo(last);
  }
}
