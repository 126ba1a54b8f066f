package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The three protocols of memcached. */
record Memcached() implements Program {

  private static final int PORT = 11211;

  @Override
  public String name() {
    return "memcached";
  }

  @Override
  public Map<String, String> needs() {
    return Map.of("memcached", "memcached");
  }

  @Override
  public SortedMap<Integer, Integer> ports() {
    return new TreeMap<>(Map.of(PORT, PORT));
  }

  @Override
  public String opening() {
    return "76657273696f6e0d0a"; // version;
  }

  @Override
  public void start(Stage stage, Pod pod) {
    stage.server(pod, "memcached -u nobody -U 0 -l 0.0.0.0 -p " + PORT);
  }

  @Override
  public void use(Stage stage, Pod client, String host, int port) {
    for (String protocol : List.of("text", "meta", "binary")) {
      assertThat(
              stage.in(
                  client,
                  "python3 %s %s %d %s"
                      .formatted(Lab.script("memcached.py"), host, port, protocol)))
          .isEqualTo("as sent\n");
    }
  }
}
