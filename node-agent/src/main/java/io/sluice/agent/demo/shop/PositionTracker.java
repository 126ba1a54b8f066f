package io.sluice.agent.demo.shop;

import com.sun.net.httpserver.HttpExchange;

/** A healthy service beside the sick one. */
final class PositionTracker {
  private PositionTracker() {}

  static ShopServer on(ShopServer server) {
    return server
        .on(
            "/positions/",
            exchange -> ShopServer.Reply.ok(seen(exchange).with("position", "51.4779 N, 0.0015 W")))
        .on("/who", exchange -> ShopServer.Reply.ok(seen(exchange)));
  }

  private static Page seen(HttpExchange exchange) {
    return Page.empty().with("position-peer", ShopServer.peer(exchange));
  }
}
