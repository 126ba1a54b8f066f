package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** HTTP/2 from the first byte: curl with prior knowledge. */
record Http2() implements Program {

  private static final int PORT = 8082;

  @Override
  public String name() {
    return "http2";
  }

  @Override
  public Map<String, String> needs() {
    return Map.of("nghttpd", "nghttp2-server", "curl", "curl");
  }

  @Override
  public SortedMap<Integer, Integer> ports() {
    return new TreeMap<>(Map.of(PORT, PORT));
  }

  @Override
  public String opening() {
    return "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a000000040000000000"; // preface,
    // SETTINGS;
  }

  @Override
  public void start(Stage stage, Pod pod) {
    Path home = stage.makeHome(name());
    Stage.write(home.resolve("shelf"), "seven\n".repeat(100_000));
    stage.server(pod, Needs.command("nghttpd") + " --no-tls -d %s %d".formatted(home, PORT));
  }

  @Override
  public void use(Stage stage, Pod client, String host, int port) {
    String curl = "curl -sS --http2-prior-knowledge --max-time 20 ";
    String url = "http://%s:%d/shelf ".formatted(host, port);
    assertThat(stage.in(client, curl + url)).hasSize(600_000);
    assertThat(stage.in(client, curl + "-o /dev/null -w %{http_version} " + url)).isEqualTo("2");
  }
}
