package io.sluice.agent.demo;

import io.sluice.agent.demo.Customer.Rush;
import io.sluice.agent.demo.Customer.Visit;
import io.sluice.agent.demo.shop.Page;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What happens to the shop, step by step, with what was measured. Each step returns whether all of
 * it was seen.
 */
final class Story {
  private static final int DROPPED_CALLS = 5;
  private static final Duration METRICS_LIMIT = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Narrator narrator;
  private final AddressPlan plan;
  private final ExampleConfig config;
  private final Agent agent;
  private final Shop shop;
  private final Customer customer;

  Story(Narrator narrator, AddressPlan plan, ExampleConfig config, Agent agent, Shop shop) {
    this.narrator = narrator;
    this.plan = plan;
    this.config = config;
    this.agent = agent;
    this.shop = shop;
    this.customer = new Customer(plan);
  }

  boolean tell() {
    boolean seen = before();
    seen &= timeout();
    seen &= addresses();
    seen &= drop();
    seen &= untouched();
    seen &= metrics();
    return seen;
  }

  private boolean before() {
    narrator.step("[2] Before: staff-service asks an outside service that takes 20 s or fails");
    // Every JVM's first request takes longer; that is not what this is about.
    customer.visit("/who");
    narrator.say(
        Customer.PAGES_AT_ONCE
            + " customers open the shop; staff-service has "
            + Customer.PAGES_AT_ONCE
            + " threads. This takes 20 s ...");
    Rush rush = customer.rush();
    return narrator.check(Verdicts.slow(rush.pages()))
        & narrator.check(Verdicts.piledUp(rush.team()));
  }

  private boolean timeout() {
    narrator.step("[3] One rule: timeout: 1s, written to " + ExampleConfig.ROUTE);
    apply(ExampleConfig.TIMEOUT, "\"timeoutMillis\"");
    Rush rush = customer.rush();
    return narrator.check(Verdicts.timedOut(rush.pages()))
        & narrator.check(Verdicts.quick(rush.pages(), rush.team()));
  }

  private boolean addresses() {
    narrator.step("[4] Nobody sees the proxy: each server knows its true client");
    Page page = customer.visit("/who").page();
    return narrator.check(Verdicts.peer(page, "webapp", plan.machine(), "this machine"))
        & narrator.check(Verdicts.peer(page, "staff", plan.webapp(), "webapp's pod"))
        & narrator.check(Verdicts.peer(page, "position", plan.webapp(), "webapp's pod"))
        & narrator.check(Verdicts.peer(page, "driver", plan.staff(), "staff-service's pod"))
        & narrator.check(Verdicts.encrypted(page));
  }

  private boolean drop() {
    narrator.step("[5] Another rule: drop what staff-service sends there (sourceLabels and abort)");
    apply(ExampleConfig.DROP_STAFF, "\"abort\"");
    List<Visit> pages = new ArrayList<>();
    for (int i = 0; i < DROPPED_CALLS; i++) {
      pages.add(customer.visit("/"));
    }
    return narrator.check(Verdicts.dropped(pages));
  }

  private boolean untouched() {
    narrator.step("[6] payroll, in a namespace without the label, is left alone");
    Page page = shop.payroll();
    return narrator.check(Verdicts.refused(page))
        & narrator.check(Verdicts.direct(page, plan.plain()));
  }

  private boolean metrics() {
    narrator.step("[7] What the metrics say (" + agent.admin().url("/metrics") + ")");
    narrator.say(
        "istio_requests_total, some of its labels, and the mean of the requests' duration:");
    boolean seen = true;
    for (Check check : settledMetrics()) {
      seen &= narrator.check(check);
    }
    return seen;
  }

  /** An exchange is counted a moment after its client has the answer. */
  private List<Check> settledMetrics() {
    long deadlineNanos = System.nanoTime() + METRICS_LIMIT.toNanos();
    List<Check> checks = scrape();
    while (!checks.stream().allMatch(Check::ok) && System.nanoTime() < deadlineNanos) {
      Pause.of(POLL);
      checks = scrape();
    }
    return checks;
  }

  private List<Check> scrape() {
    return MetricChecks.of(Series.parse(agent.admin().get("/metrics").text()));
  }

  private void apply(String rule, String mark) {
    Duration took = agent.awaitChange(() -> config.apply(rule), mark);
    narrator.say("the agent works by it after " + took.toMillis() + " ms");
  }
}
