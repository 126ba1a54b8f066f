package io.sluice.agent.demo.shop;

import com.sun.net.httpserver.HttpExchange;

/**
 * Knows the staff, and asks the outside service about each driver. Its pool is small and it has no
 * time limit: while its threads wait for the outside, even the pages that need nothing from there
 * wait too.
 */
final class StaffService {
  /** Plain HTTP to port 80, as it was written years ago. */
  private static final String DRIVERS = "http://" + ShopApp.DRIVER_HOST + ":80";

  private StaffService() {}

  static ShopServer on(ShopServer server) {
    return server
        .on("/staff/", StaffService::driver)
        .on("/team", exchange -> ShopServer.Reply.ok(seen(exchange).with("team", "12 drivers")))
        .on("/who", StaffService::who);
  }

  /** The page is shown without the driver's data when the outside service has none to give. */
  private static ShopServer.Reply driver(HttpExchange exchange) {
    return ShopServer.Reply.ok(
        seen(exchange).and(Call.get(DRIVERS + "/drivers/105").report("driver")));
  }

  private static ShopServer.Reply who(HttpExchange exchange) {
    return ShopServer.Reply.ok(seen(exchange).and(Call.get(DRIVERS + "/ping").report("driver")));
  }

  private static Page seen(HttpExchange exchange) {
    return Page.empty().with("staff-peer", ShopServer.peer(exchange));
  }
}
