package io.sluice.agent.demo.shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** The outside service: slow, and every second answer is an error. TLS only. */
final class DriverMonitoring {
  private final Duration delay;
  private final AtomicInteger requests = new AtomicInteger();

  DriverMonitoring(Duration delay) {
    this.delay = delay;
  }

  ShopServer on(ShopServer server) {
    return server
        .on("/drivers/", this::driver)
        .on("/ping", exchange -> ShopServer.Reply.ok(seen(exchange)));
  }

  private ShopServer.Reply driver(HttpExchange exchange) {
    boolean fails = requests.getAndIncrement() % 2 == 1;
    try {
      Thread.sleep(delay);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
    return fails
        ? new ShopServer.Reply(500, Page.empty().with("driver", "monitoring is out of order"))
        : ShopServer.Reply.ok(seen(exchange).with("driver", "awake"));
  }

  private static Page seen(HttpExchange exchange) {
    String tls =
        exchange instanceof HttpsExchange https ? https.getSSLSession().getProtocol() : "none";
    return Page.empty()
        .with("driver-peer", ShopServer.peer(exchange))
        .with("driver-peer-port", exchange.getRemoteAddress().getPort())
        .with("driver-tls", tls);
  }
}
