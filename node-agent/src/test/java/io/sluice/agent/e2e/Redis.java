package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** redis-cli and redis-benchmark. */
record Redis() implements Program {

  private static final int PORT = 6379;

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public Map<String, String> needs() {
    return Map.of("redis-server", "redis-server", "redis-cli", "redis-tools");
  }

  @Override
  public SortedMap<Integer, Integer> ports() {
    return new TreeMap<>(Map.of(PORT, PORT));
  }

  @Override
  public String opening() {
    return "50494e470d0a"; // PING;
  }

  @Override
  public void start(Stage stage, Pod pod) {
    stage.server(
        pod,
        Stage.AS_NOBODY
            + "redis-server --port %d --protected-mode no --save '' --dir %s"
                .formatted(PORT, stage.makeHome(name())));
  }

  @Override
  public void use(Stage stage, Pod client, String host, int port) {
    String at = "-h %s -p %d ".formatted(host, port);
    assertThat(stage.in(client, "redis-cli " + at + "SET shelf 7")).isEqualTo("OK\n");
    assertThat(stage.in(client, "redis-cli " + at + "GET shelf")).isEqualTo("7\n");
    assertThat(stage.in(client, "redis-benchmark " + at + "-q -n 4000 -c 20 -d 512 -t set,get"))
        .contains("GET: ")
        .contains("requests per second");
  }
}
