package io.sluice.agent.demo.shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** The common part of the apps: a server with a fixed number of threads that answers pages. */
final class ShopServer {
  /** Connections that may wait for accept. */
  static final int BACKLOG = 64;

  private final HttpServer server;

  ShopServer(HttpServer server, int threads) {
    this.server = server;
    server.setExecutor(Executors.newFixedThreadPool(threads));
  }

  /** What answers the requests below a path. */
  interface Handler {
    Reply handle(HttpExchange exchange);
  }

  record Reply(int status, Page page) {
    static Reply ok(Page page) {
      return new Reply(200, page);
    }
  }

  ShopServer on(String path, Handler handler) {
    server.createContext(path, exchange -> answer(exchange, handler));
    return this;
  }

  void start() {
    server.start();
  }

  private static void answer(HttpExchange exchange, Handler handler) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      Reply reply = handler.handle(exchange);
      byte[] body = reply.page().body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(reply.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** The address of the client as this server's socket tells it. */
  static String peer(HttpExchange exchange) {
    return exchange.getRemoteAddress().getAddress().getHostAddress();
  }
}
