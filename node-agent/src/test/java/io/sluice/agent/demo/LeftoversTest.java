package io.sluice.agent.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class LeftoversTest {
  private static final Recorded OWNER = new Recorded(Recorded.OWNER, 100, 5000);
  private static final Recorded AGENT = new Recorded("agent", 101, 5050);
  private static final Recorded WEBAPP = new Recorded("webapp", 102, 5060);

  @Test
  void aRunningDemoIsLeftAlone() {
    assertThat(judge(Map.of(100L, 5000L, 101L, 5050L))).isEqualTo(new Leftovers.InUse(100));
  }

  @Test
  void whatAKilledDemoLeftIsEnded() {
    assertThat(judge(Map.of(101L, 5050L, 102L, 5060L)))
        .isEqualTo(new Leftovers.Stale(List.of(AGENT, WEBAPP)));
  }

  @Test
  void anotherProcessThatGotTheSameNumberIsNotEnded() {
    assertThat(judge(Map.of(100L, 9000L, 101L, 9001L, 102L, 5060L)))
        .isEqualTo(new Leftovers.Stale(List.of(WEBAPP)));
  }

  @Test
  void nothingRunsAnyMore() {
    assertThat(judge(Map.of())).isEqualTo(new Leftovers.Stale(List.of()));
  }

  @Test
  void theStateFileIsReadBackWithoutALineThatWasTorn() {
    assertThat(Recorded.parse(List.of(OWNER.line().strip(), "agent 10", "webapp x 3", "")))
        .containsExactly(OWNER);
  }

  @Test
  void startTimeIsFoundBehindANameWithBracketsAndBlanks() {
    String stat =
        "4242 (a ) b) S 1 4242 4242 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 17 0 987654 1000 20 1";
    assertThat(ProcStat.startTicks(stat)).hasValue(987654);
  }

  @Test
  void thisProcessHasAStartTimeAndAStrangeNumberHasNone() {
    assertThat(ProcStat.startTicks(ProcessHandle.current().pid())).isPresent();
    assertThat(ProcStat.startTicks(Long.MAX_VALUE)).isEmpty();
  }

  private static Leftovers judge(Map<Long, Long> running) {
    LongFunction<OptionalLong> startTicks =
        pid -> running.containsKey(pid) ? OptionalLong.of(running.get(pid)) : OptionalLong.empty();
    return Leftovers.judge(List.of(OWNER, AGENT, WEBAPP), startTicks);
  }
}
