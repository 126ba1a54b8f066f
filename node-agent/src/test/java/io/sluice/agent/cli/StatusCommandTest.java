package io.sluice.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.agent.admin.AdminServer;
import io.sluice.agent.view.Examples;
import io.sluice.agent.view.StatusJson;
import io.sluice.agent.view.StatusText;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatusCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void showsWhatTheAgentSays() throws Exception {
    try (AdminServer server = agent()) {
      assertThat(status("--admin", at(server.address()))).isZero();
    }
    assertThat(out.toString()).isEqualTo(StatusText.render(Examples.troubled()));
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void showsItAsJson() throws Exception {
    try (AdminServer server = agent()) {
      assertThat(status("--json", "--admin", at(server.address()))).isZero();
    }
    assertThat(StatusJson.read(out.toString())).isEqualTo(Examples.troubled());
  }

  @Test
  void noAgentIsOneLineWithTheCure() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }

    assertThat(status("--admin", "127.0.0.1:" + port)).isEqualTo(1);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .isEqualTo(
            "sluice status: no agent answers at 127.0.0.1:"
                + port
                + ": start one by 'sluice run --config-dir DIR', or say by --admin HOST:PORT where"
                + " it listens\n");
  }

  @Test
  void anotherServerIsNotTakenForAnAgent() throws Exception {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
          exchange.close();
        });
    other.start();
    try {
      assertThat(status("--admin", at(other.getAddress()))).isEqualTo(1);
    } finally {
      other.stop(0);
    }
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .contains("is no Sluice agent, or one of another version")
        .contains("version");
  }

  @Test
  void wrongArgumentsAreOneLineAndStatusTwo() {
    assertThat(status("--admin", "nonsense")).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
  }

  private int status(String... options) {
    String[] args = new String[options.length + 1];
    args[0] = "status";
    System.arraycopy(options, 0, args, 1, options.length);
    return Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  private static AdminServer agent() throws Exception {
    return AdminServer.start(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        Examples.view(Examples.troubled()),
        new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
  }

  private static String at(InetSocketAddress address) {
    return "127.0.0.1:" + address.getPort();
  }
}
