package io.sluice.agent.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.sluice.agent.view.AgentStatus;
import io.sluice.agent.view.Examples;
import io.sluice.agent.view.StatusJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pages over real HTTP on loopback. */
@Timeout(60)
class AdminServerTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final HttpClient client = HttpClient.newHttpClient();
  private AdminServer server;

  @AfterEach
  void close() {
    client.close();
    if (server != null) {
      server.close();
    }
  }

  @Test
  void metricsAsTextUnlessOpenMetricsIsAskedFor() throws Exception {
    start(Examples.healthy());
    Counter.builder("some.thing").description("Counted.").register(registry).increment();

    HttpResponse<String> text = get("/metrics", "Accept", "*/*");
    assertThat(text.statusCode()).isEqualTo(200);
    assertThat(text.headers().firstValue("content-type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(text.body()).contains("some_thing_total 1.0\n").doesNotContain("# EOF");

    HttpResponse<String> open =
        get("/metrics", "Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
    assertThat(open.headers().firstValue("content-type"))
        .hasValue("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(open.body()).endsWith("# EOF\n");
  }

  @Test
  void liveAndReady() throws Exception {
    start(Examples.healthy());

    assertThat(get("/healthz/live").statusCode()).isEqualTo(200);
    assertThat(get("/healthz/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void notReadySaysWhatIsMissing() throws Exception {
    start(Examples.troubled());

    HttpResponse<String> ready = get("/healthz/ready");
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(ready.body())
        .contains("kernel programs: not attached")
        .contains("pod shop/staff-1: failed, /run/netns/staff: no such file");
    assertThat(get("/healthz/live").statusCode()).isEqualTo(200);
  }

  @Test
  void statusAndConfigDump() throws Exception {
    start(Examples.troubled());

    assertThat(StatusJson.read(get("/status").body())).isEqualTo(Examples.troubled());
    HttpResponse<String> dump = get("/config_dump");
    assertThat(dump.headers().firstValue("content-type"))
        .hasValue("application/json; charset=utf-8");
    assertThat(dump.body()).contains("\"generation\" : 4").contains("spec.http[0].timeout");
  }

  @Test
  void theIndexListsThePages() throws Exception {
    start(Examples.healthy());

    assertThat(get("/").body()).contains("/metrics", "/healthz/ready", "/config_dump", "/status");
  }

  @Test
  void wrongPathsAndMethods() throws Exception {
    start(Examples.healthy());

    HttpResponse<String> path = get("/metric");
    assertThat(path.statusCode()).isEqualTo(404);
    assertThat(path.body()).startsWith("no page /metric (expected: one of these)");

    HttpResponse<String> method =
        client.send(
            request("/status").method("DELETE", HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(method.statusCode()).isEqualTo(405);
    assertThat(method.headers().firstValue("allow")).hasValue("GET, HEAD");
  }

  @Test
  void headHasNoBody() throws Exception {
    start(Examples.healthy());

    HttpResponse<String> head =
        client.send(request("/metrics").HEAD().build(), HttpResponse.BodyHandlers.ofString());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
  }

  @Test
  void aPageThatFailsSaysSoAndTheNextOneWorks() throws Exception {
    MultiCollector failing =
        () -> {
          throw new IllegalStateException("map is gone");
        };
    registry.getPrometheusRegistry().register(failing);
    start(Examples.healthy());

    HttpResponse<String> metrics = get("/metrics");
    assertThat(metrics.statusCode()).isEqualTo(500);
    assertThat(metrics.body()).contains("map is gone");
    assertThat(get("/healthz/live").statusCode()).isEqualTo(200);
  }

  @Test
  void silentClientsDoNotKeepOthersOut() throws Exception {
    start(Examples.healthy());
    try (Socket one = connect();
        Socket two = connect();
        Socket three = connect()) {
      assertThat(one.isConnected() && two.isConnected() && three.isConnected()).isTrue();
      assertThat(get("/healthz/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void pagesRunOnThreadsOfTheirOwn() throws Exception {
    start(Examples.healthy());
    Gauge.builder("t", () -> Thread.currentThread().getName().startsWith("sluice-admin-") ? 1 : 0)
        .description("Whether it is read on an admin thread.")
        .register(registry);

    assertThat(get("/metrics").body()).contains("\nt 1.0\n");
  }

  @Test
  void aTakenAddressIsNamedWithCauseAndCure() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = (InetSocketAddress) taken.getLocalSocketAddress();

      assertThatThrownBy(
              () -> AdminServer.start(address, Examples.view(Examples.healthy()), registry))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "admin address 127.0.0.1:%d: Address already in use (expected: an address of this"
                  + " machine with a free port; maybe another agent runs here: see 'sluice status'."
                  + " Or choose another by --admin HOST:PORT)",
              address.getPort());
    }
  }

  private void start(AgentStatus status) throws IOException {
    server =
        AdminServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Examples.view(status),
            registry);
  }

  private Socket connect() throws IOException {
    return new Socket(server.address().getAddress(), server.address().getPort());
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = request(path);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.address().getPort() + path));
  }
}
