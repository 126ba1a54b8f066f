package io.sluice.agent.demo;

import io.sluice.agent.demo.shop.ShopApp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which series the story must have left in the metrics. Pure. */
final class MetricChecks {
  private static final String REQUESTS = "istio_requests_total";
  private static final String DURATION = "istio_request_duration_milliseconds";
  private static final List<String> SHOWN =
      List.of(
          "reporter",
          "source_workload",
          "destination_service_name",
          "response_code",
          "response_flags");

  private static final String STAFF = ShopApp.STAFF_HOST + ".fleetman.svc.cluster.local";
  private static final String POSITION = ShopApp.POSITION_HOST + ".fleetman.svc.cluster.local";

  /** The workload that is not in the mesh. */
  private static final String OUTSIDER = "payroll";

  private MetricChecks() {}

  static List<Check> of(List<Series> all) {
    List<Check> checks = new ArrayList<>();
    checks.add(edge(all, "source", "staff-service", ShopApp.DRIVER_HOST, "200", "-"));
    checks.add(edge(all, "source", "staff-service", ShopApp.DRIVER_HOST, "500", "-"));
    checks.add(edge(all, "source", "staff-service", ShopApp.DRIVER_HOST, "504", "UT"));
    checks.add(edge(all, "source", "staff-service", ShopApp.DRIVER_HOST, "503", "FI"));
    checks.add(edge(all, "source", "webapp", STAFF, "200", "-"));
    checks.add(edge(all, "destination", "webapp", STAFF, "200", "-"));
    checks.add(edge(all, "source", "webapp", POSITION, "200", "-"));
    checks.add(noOutsider(all));
    return checks;
  }

  private static Check edge(
      List<Series> all, String reporter, String from, String to, String code, String flags) {
    Map<String, String> wanted =
        Map.of(
            "reporter", reporter,
            "source_workload", from,
            "destination_service", to,
            "response_code", code,
            "response_flags", flags);
    return all.stream()
        .filter(series -> series.has(REQUESTS, wanted) && series.value() >= 1)
        .findFirst()
        .map(series -> Check.of(true, series.brief(SHOWN) + mean(all, wanted), ""))
        .orElseGet(() -> Check.of(false, "no series", REQUESTS + " with " + wanted));
  }

  private static String mean(List<Series> all, Map<String, String> wanted) {
    double count = sum(all, DURATION + "_count", wanted);
    return count == 0
        ? ""
        : String.format(Locale.ROOT, "  mean %.0f ms", sum(all, DURATION + "_sum", wanted) / count);
  }

  private static double sum(List<Series> all, String metric, Map<String, String> wanted) {
    return all.stream()
        .filter(series -> series.has(metric, wanted))
        .mapToDouble(Series::value)
        .sum();
  }

  private static Check noOutsider(List<Series> all) {
    long count =
        all.stream()
            .filter(series -> series.name().startsWith("istio_"))
            .filter(series -> series.labels().containsValue(OUTSIDER))
            .count();
    return Check.of(count == 0, "series that name " + OUTSIDER + ": " + count, "0");
  }
}
