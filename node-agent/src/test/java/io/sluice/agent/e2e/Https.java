package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** curl and openssl speak TLS with a server name and without. */
record Https() implements Program {

  private static final int PORT = 8443;

  @Override
  public String name() {
    return "https";
  }

  @Override
  public Map<String, String> needs() {
    return Map.of("openssl", "openssl", "curl", "curl");
  }

  @Override
  public SortedMap<Integer, Integer> ports() {
    return new TreeMap<>(Map.of(PORT, PORT));
  }

  @Override
  public String opening() {
    return "tls:shelf.example";
  }

  @Override
  public void start(Stage stage, Pod pod) {
    Path home = stage.makeHome(name());
    stage.server(
        pod,
        "openssl s_server -quiet -www -accept %2$d -cert %1$s/cert.pem -key %1$s/key.pem"
            .formatted(home, PORT));
  }

  @Override
  public void use(Stage stage, Pod client, String host, int port) {
    String curl = "curl -sSk --max-time 20 ";
    assertThat(
            stage.in(
                client,
                curl
                    + "--resolve shelf.example:%2$d:%1$s https://shelf.example:%2$d/"
                        .formatted(host, port)))
        .contains("Ciphers supported");
    assertThat(stage.in(client, curl + "https://%s:%d/".formatted(host, port)))
        .contains("Ciphers supported");
    for (String name : new String[] {"-servername shelf.example", "-noservername"}) {
      assertThat(
              stage.in(
                  client,
                  "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | "
                      + "openssl s_client -ign_eof -connect %s:%d %s 2>&1"
                          .formatted(host, port, name)))
          .contains("Ciphers supported");
    }
  }
}
