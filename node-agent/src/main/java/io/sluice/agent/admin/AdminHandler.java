package io.sluice.agent.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Between the JDK's HTTP server and the pages. */
final class AdminHandler implements HttpHandler {
  private static final int BUFFER_BYTES = 32 * 1024;
  private static final Logger LOG = Logger.getLogger(AdminHandler.class.getName());

  private final Pages pages;

  AdminHandler(Pages pages) {
    this.pages = pages;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = new Answer(exchange);
      try {
        answer.write(page(exchange));
      } catch (RuntimeException e) {
        LOG.log(Level.SEVERE, "admin page " + exchange.getRequestURI() + " failed", e);
        answer.fail(Page.text(500, exchange.getRequestURI().getPath() + ": " + e + "\n"));
      }
    }
  }

  private Page page(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      return Pages.wrongMethod(method);
    }
    String path = exchange.getRequestURI().getPath();
    String accept = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Accept")).orElse("");
    return pages.at(path, accept).orElseGet(() -> Pages.notFound(path));
  }

  /** Sends the headers with the first bytes, so that a page that fails before can still say so. */
  private static final class Answer extends OutputStream {
    private final HttpExchange exchange;
    private int status;
    private boolean started;

    Answer(HttpExchange exchange) {
      this.exchange = exchange;
    }

    void write(Page page) throws IOException {
      status = page.status();
      exchange.getResponseHeaders().set("Content-Type", page.contentType());
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(status, -1);
        return;
      }
      try (OutputStream out = new BufferedOutputStream(this, BUFFER_BYTES)) {
        page.body().write(out);
      }
    }

    void fail(Page page) throws IOException {
      if (!started) {
        write(page);
      }
    }

    private OutputStream started() throws IOException {
      if (!started) {
        started = true;
        exchange.sendResponseHeaders(status, 0); // chunked
      }
      return exchange.getResponseBody();
    }

    @Override
    public void write(int oneByte) throws IOException {
      started().write(oneByte);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      started().write(bytes, from, length);
    }

    @Override
    public void close() {
      // The exchange is closed by who handles it.
    }
  }
}
