package io.sluice.agent.demo.shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PageTest {
  @Test
  void isReadBackAsItWasWritten() {
    Page page = Page.empty().with("page-ms", 12).with("error", "a: b\nc");
    assertThat(Page.parse(page.body()).values())
        .containsExactly(Map.entry("page-ms", "12"), Map.entry("error", "a: b c"));
  }

  @Test
  void linesThatAreNoneOfOursAreLeftOut() {
    Page page = Page.parse("<html>\n\nHTTP/1.1 200 OK\ndriver-ms: 7\n");
    assertThat(page.values()).containsOnlyKeys("driver-ms");
    assertThat(page.number("driver-ms")).hasValue(7);
    assertThat(page.number("nothing")).isEmpty();
    assertThat(page.text("nothing")).isEmpty();
  }

  @Test
  void theOutsideServiceFailsEverySecondTime() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    new DriverMonitoring(Duration.ofMillis(1)).on(new ShopServer(server, 2)).start();
    try {
      String url = "http://localhost:" + server.getAddress().getPort();
      assertThat(Call.get(url + "/drivers/1").status()).isEqualTo(200);
      assertThat(Call.get(url + "/drivers/1").status()).isEqualTo(500);
      assertThat(Call.get(url + "/drivers/1").page().text("driver-peer")).isEqualTo("127.0.0.1");
      assertThat(Call.get(url + "/ping").report("x").text("x-status")).isEqualTo("200");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void noAnswerIsStatusNought() {
    Call call = Call.get("http://127.0.0.1:1/");
    assertThat(call.status()).isZero();
    assertThat(call.page().text("error")).contains("refused");
  }
}
