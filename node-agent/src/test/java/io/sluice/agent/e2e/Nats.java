package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A client of NATS. The server speaks first. */
record Nats() implements Program {

  private static final int PORT = 4222;

  @Override
  public String name() {
    return "nats";
  }

  @Override
  public Map<String, String> needs() {
    return Map.of("nats-server", "nats-server");
  }

  @Override
  public SortedMap<Integer, Integer> ports() {
    return new TreeMap<>(Map.of(PORT, PORT));
  }

  @Override
  public String opening() {
    return "";
  }

  @Override
  public void start(Stage stage, Pod pod) {
    stage.server(pod, Needs.command("nats-server") + " -a 0.0.0.0 -p " + PORT);
  }

  @Override
  public void use(Stage stage, Pod client, String host, int port) {
    assertThat(
            stage.in(client, "python3 %s %s %d 1000".formatted(Lab.script("nats.py"), host, port)))
        .isEqualTo("received 1000\n");
  }
}
