package io.sluice.agent.demo;

import io.sluice.agent.demo.Customer.Visit;
import io.sluice.agent.demo.shop.Page;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;

/** Judges what was measured. Pure. */
final class Verdicts {
  /** The outside service sleeps 20 s. */
  private static final long SLOW_MILLIS_MIN = 19_000;

  /** A page that needs nothing from the outside still waits for a thread, for most of the 20 s. */
  private static final long PILED_UP_MILLIS_MIN = 10_000;

  /** The rule says 1 s; the machine may be busy. */
  private static final long TIMEOUT_MILLIS_MIN = 980;

  private static final long TIMEOUT_MILLIS_MAX = 1_500;
  private static final long QUICK_PAGE_MILLIS_MAX = 2_500;

  /** Typically it is one or two; a busy machine gets some air. */
  private static final long DROP_MILLIS_MAX = 100;

  private Verdicts() {}

  static Check slow(List<Visit> pages) {
    return Check.of(
        allAnswered(pages)
            && pages.stream().allMatch(page -> page.millis() >= SLOW_MILLIS_MIN)
            && driverStatuses(pages).equals(Set.of("200", "500")),
        "the front page took " + waits(pages) + "; the outside service answered " + statuses(pages),
        "about 20 s each, and both 200 and 500 from the outside service");
  }

  static Check piledUp(Visit team) {
    return Check.of(
        team.status() == 200 && team.millis() >= PILED_UP_MILLIS_MIN,
        "/team, which needs nothing from there, took "
            + seconds(team.millis())
            + ": all threads of staff-service were waiting",
        "more than 10 s, status 200");
  }

  static Check timedOut(List<Visit> pages) {
    return Check.of(
        allDrivers(
            pages, "504", millis -> millis >= TIMEOUT_MILLIS_MIN && millis <= TIMEOUT_MILLIS_MAX),
        "staff-service's call got " + statuses(pages) + " after " + driverMillis(pages),
        "504 after 1.0 s (up to 1.5 s on a busy machine)");
  }

  static Check quick(List<Visit> pages, Visit team) {
    return Check.of(
        allAnswered(pages)
            && team.status() == 200
            && pages.stream().allMatch(page -> page.millis() <= QUICK_PAGE_MILLIS_MAX)
            && team.millis() <= QUICK_PAGE_MILLIS_MAX,
        "the front page took " + waits(pages) + ", /team " + seconds(team.millis()),
        "at most 2.5 s each, status 200");
  }

  static Check dropped(List<Visit> pages) {
    return Check.of(
        allDrivers(pages, "503", millis -> millis <= DROP_MILLIS_MAX),
        "staff-service's call got "
            + statuses(pages)
            + " after "
            + driverMillis(pages)
            + "; the front page took "
            + waits(pages),
        "503 within milliseconds (up to " + DROP_MILLIS_MAX + " on a busy machine)");
  }

  static Check peer(Page page, String server, String expected, String who) {
    String seen = page.text(server + "-peer");
    return Check.of(
        seen.equals(expected),
        server + " saw its client as " + (seen.isEmpty() ? "(nothing)" : seen) + ", " + who,
        expected);
  }

  static Check encrypted(Page page) {
    String tls = page.text("driver-tls");
    return Check.of(
        tls.startsWith("TLS"),
        "the outside service was spoken to by " + (tls.isEmpty() ? "(nothing)" : tls),
        "TLS, although staff-service called http://");
  }

  static Check refused(Page payroll) {
    return Check.of(
        payroll.text("port-80").contains("refused"),
        "payroll's call to http://...:80: " + payroll.text("port-80"),
        "Connection refused: without a mesh nobody turns port 80 into 443");
  }

  static Check direct(Page payroll, String address) {
    return Check.of(
        payroll.text("driver-peer").equals(address)
            && !payroll.text("local-port").isEmpty()
            && payroll.text("local-port").equals(payroll.text("driver-peer-port")),
        "payroll's call to https://...:443: it called from port "
            + payroll.text("local-port")
            + ", the server saw "
            + payroll.text("driver-peer")
            + ":"
            + payroll.text("driver-peer-port"),
        address + " and the same port on both sides: nobody in between");
  }

  private static boolean allAnswered(List<Visit> pages) {
    return !pages.isEmpty() && pages.stream().allMatch(page -> page.status() == 200);
  }

  private static boolean allDrivers(List<Visit> pages, String status, LongPredicate millis) {
    return allAnswered(pages)
        && pages.stream()
            .map(Visit::page)
            .allMatch(page ->
                page.text("driver-status").equals(status)
                    && millis.test(page.number("driver-ms").orElse(Long.MAX_VALUE)));
  }

  private static Set<String> driverStatuses(List<Visit> pages) {
    return pages.stream()
        .map(visit -> visit.page().text("driver-status"))
        .collect(Collectors.toSet());
  }

  private static String statuses(List<Visit> pages) {
    return pages.stream()
        .map(visit -> visit.page().text("driver-status"))
        .map(status -> status.isEmpty() ? "nothing" : status)
        .collect(Collectors.joining(", "));
  }

  private static String driverMillis(List<Visit> pages) {
    return pages.stream()
        .map(visit -> visit.page().text("driver-ms"))
        .map(millis -> (millis.isEmpty() ? "?" : millis) + " ms")
        .collect(Collectors.joining(", "));
  }

  private static String waits(List<Visit> pages) {
    return pages.stream().map(Verdicts::wait).collect(Collectors.joining(", "));
  }

  private static String wait(Visit page) {
    String took = seconds(page.millis());
    return page.status() == 200
        ? took
        : took + " (status " + page.status() + " " + page.page().text("error") + ")";
  }

  static String seconds(long millis) {
    return millis < 100 ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }
}
