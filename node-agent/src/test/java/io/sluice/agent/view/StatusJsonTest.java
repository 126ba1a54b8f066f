package io.sluice.agent.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusJsonTest {
  @Test
  void whatIsWrittenIsReadBack() {
    assertThat(StatusJson.read(StatusJson.write(Examples.healthy()))).isEqualTo(Examples.healthy());
    assertThat(StatusJson.read(StatusJson.write(Examples.troubled())))
        .isEqualTo(Examples.troubled());
  }

  @Test
  void scriptsFindTheirFields() {
    assertThat(StatusJson.write(Examples.troubled()).lines().map(String::strip))
        .contains(
            "\"ready\" : false,",
            "\"generation\" : 4,",
            "\"resources\" : 23,",
            "\"state\" : \"enrolled\",",
            "\"role\" : \"OUTBOUND_V4\",",
            "\"port\" : 20001",
            "\"severity\" : \"error\",",
            "\"count\" : 12,");
  }

  @Test
  void aNewerAgentsFieldsAreIgnored() {
    String newer =
        StatusJson.write(Examples.healthy()).replaceFirst("\\{", "{ \"colour\" : \"green\",");

    assertThat(StatusJson.read(newer)).isEqualTo(Examples.healthy());
  }

  @Test
  void anAgentThatEndsIsNotReady() {
    AgentStatus healthy = Examples.healthy();
    AgentStatus ending =
        new AgentStatus(
            healthy.version(),
            healthy.uptime(),
            true,
            healthy.pods(),
            healthy.config(),
            healthy.datapath());

    assertThat(ending.missing())
        .containsExactly("agent: it was asked to end, open connections drain");
    assertThat(StatusJson.read(StatusJson.write(ending))).isEqualTo(ending);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "<html>", "{}", "[]", "3", "{\"version\":\"1\"", "{\"version\":\"1\"}"})
  void whatIsNoStatusIsRefused(String other) {
    assertThatThrownBy(() -> StatusJson.read(other)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onlySomeOlderConnectionsAreNamed() {
    List<String> many = IntStream.range(0, 50).mapToObj(i -> "a -> " + i).toList();

    assertThat(new PodStatus.Older(50, many).examples()).hasSize(PodStatus.Older.EXAMPLES_MAX);
  }
}
