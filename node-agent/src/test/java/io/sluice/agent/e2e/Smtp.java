package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** curl gives a mail to aiosmtpd. The server speaks first; 25 is never looked into. */
record Smtp() implements Program {

  private static final int PORT = 2525;

  @Override
  public String name() {
    return "smtp";
  }

  @Override
  public Map<String, String> needs() {
    return Map.of("aiosmtpd", "python3-aiosmtpd", "curl", "curl");
  }

  @Override
  public SortedMap<Integer, Integer> ports() {
    return new TreeMap<>(Map.of(PORT, PORT, 25, 25));
  }

  @Override
  public String opening() {
    return "";
  }

  @Override
  public void start(Stage stage, Pod pod) {
    Path home = stage.makeHome(name());
    Stage.write(home.resolve("mail"), "Subject: shelf\r\n\r\n" + "seven\r\n".repeat(10_000));
    for (int port : ports().values()) {
      stage.server(pod, "aiosmtpd -n -l 0.0.0.0:%d -c aiosmtpd.handlers.Sink".formatted(port));
    }
  }

  @Override
  public void use(Stage stage, Pod client, String host, int port) {
    assertThat(
            stage.in(
                client,
                """
                curl -sSv --stderr - --max-time 20 smtp://%s:%d/reader.example -T %s/mail \
                  --mail-from reader@library.example --mail-rcpt shelf@library.example
                """
                    .formatted(host, port, stage.home(name()))))
        .contains("< 220 ")
        .contains("< 354 ");
  }
}
