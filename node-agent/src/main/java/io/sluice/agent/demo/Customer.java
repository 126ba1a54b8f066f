package io.sluice.agent.demo;

import io.sluice.agent.demo.shop.Page;
import io.sluice.agent.demo.shop.ShopApp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Looks at pages of the shop, from the machine: a few at a time, never more. */
final class Customer {
  /** As many as staff-service has threads. */
  static final int PAGES_AT_ONCE = ShopApp.STAFF_THREADS;

  private static final Duration LIMIT = Duration.ofSeconds(45);

  /** So late does the last customer come: the others' requests are on their way by then. */
  private static final Duration LATER = Duration.ofMillis(300);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final String shop;

  Customer(AddressPlan plan) {
    this.shop = "http://" + plan.webapp() + ":" + ShopApp.PORT;
  }

  /**
   * @param status HTTP status; 0 when there was no answer
   * @param millis how long the customer waited
   */
  record Visit(int status, Page page, long millis) {}

  /**
   * @param pages of the front page, asked for at the same time
   * @param team the page that needs nothing from the outside, asked for a little later
   */
  record Rush(List<Visit> pages, Visit team) {
    public Rush {
      pages = List.copyOf(pages);
    }
  }

  Rush rush() {
    try (ExecutorService customers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Visit>> pages = new ArrayList<>();
      for (int i = 0; i < PAGES_AT_ONCE; i++) {
        pages.add(customers.submit((Callable<Visit>) () -> visit("/")));
      }
      Pause.of(LATER);
      Visit team = visit("/team");
      List<Visit> done = new ArrayList<>();
      for (Future<Visit> page : pages) {
        done.add(page.get());
      }
      return new Rush(done, team);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DemoFault("interrupted");
    } catch (ExecutionException failed) {
      throw new DemoFault("a customer failed: " + failed.getCause(), failed);
    }
  }

  Visit visit(String path) {
    long start = System.nanoTime();
    try {
      var response =
          client.send(
              HttpRequest.newBuilder(URI.create(shop + path)).timeout(LIMIT).build(),
              BodyHandlers.ofString());
      return new Visit(response.statusCode(), Page.parse(response.body()), millisSince(start));
    } catch (IOException noAnswer) {
      return new Visit(0, Page.empty().with("error", noAnswer), millisSince(start));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DemoFault("interrupted");
    }
  }

  private static long millisSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1_000_000;
  }
}
