package io.sluice.agent.demo.shop;

import com.sun.net.httpserver.HttpExchange;
import java.util.function.Supplier;

/** The shop's front: every page needs staff-service, the first one also position-tracker. */
final class WebApp {
  private static final String STAFF = "http://" + ShopApp.STAFF_HOST + ":" + ShopApp.PORT;
  private static final String POSITION = "http://" + ShopApp.POSITION_HOST + ":" + ShopApp.PORT;

  private WebApp() {}

  static ShopServer on(ShopServer server) {
    return server
        .on("/", exchange -> timed(exchange, WebApp::front))
        .on("/team", exchange -> timed(exchange, () -> Call.get(STAFF + "/team").report("staff")))
        .on("/who", exchange -> timed(exchange, WebApp::who));
  }

  private static Page front() {
    Page staff = Call.get(STAFF + "/staff/105").report("staff");
    return Call.get(POSITION + "/positions/105").report("position").and(staff);
  }

  private static Page who() {
    Page staff = Call.get(STAFF + "/who").report("staff");
    return Call.get(POSITION + "/who").report("position").and(staff);
  }

  private static ShopServer.Reply timed(HttpExchange exchange, Supplier<Page> work) {
    long start = System.nanoTime();
    Page page = work.get();
    long millis = (System.nanoTime() - start) / 1_000_000;
    return ShopServer.Reply.ok(
        Page.empty()
            .with("page-ms", millis)
            .with("webapp-peer", ShopServer.peer(exchange))
            .and(page));
  }
}
