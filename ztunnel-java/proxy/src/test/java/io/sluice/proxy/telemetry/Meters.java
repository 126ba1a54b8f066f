package io.sluice.proxy.telemetry;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.mesh.service.ServiceId;
import io.sluice.mesh.workload.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A registry, telemetry on it and a clock that stands still until told. */
final class Meters {
  static final Workload WEBAPP =
      new Workload(
          "shop",
          "webapp-7d9f-x1",
          "webapp",
          Map.of("app", "web", "version", "v2"),
          "default",
          "Kubernetes");
  static final Workload STAFF =
      new Workload(
          "shop",
          "staff-service-5c-k2",
          "staff-service",
          Map.of("service.istio.io/canonical-name", "staff", "app.kubernetes.io/version", "7"),
          "staff",
          "Kubernetes");
  static final ServiceId STAFF_SERVICE =
      new ServiceId("staff-service.shop.svc.cluster.local", "staff-service", "shop");
  static final Edge WEB_TO_STAFF =
      new Edge(
          Reporter.SOURCE, Optional.of(WEBAPP), Optional.of(STAFF), Optional.of(STAFF_SERVICE));
  static final Edge STAFF_FROM_NOWHERE =
      new Edge(Reporter.DESTINATION, Optional.empty(), Optional.of(STAFF), Optional.empty());

  final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final AtomicLong nanos = new AtomicLong();
  final PrometheusTelemetry telemetry;

  Meters() {
    this(TelemetryLimits.DEFAULT);
  }

  Meters(TelemetryLimits limits) {
    telemetry = PrometheusTelemetry.register(registry, limits, nanos::get, "0.1.0");
  }

  /** An edge from WEBAPP to a workload with that number. */
  static Edge edge(int number) {
    Workload target =
        new Workload(
            "shop", "w" + number + "-pod", "w" + number, Map.of(), "default", "Kubernetes");
    return new Edge(
        Reporter.SOURCE, Optional.of(WEBAPP), Optional.of(target), Optional.of(STAFF_SERVICE));
  }

  void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** Sample lines of the text format that begin so, in the order of the scrape. */
  List<String> lines(String start) {
    return registry.scrape().lines().filter(line -> line.startsWith(start)).toList();
  }

  /** The sum of a metric's values over all label sets. */
  double sum(String metric) {
    return registry
        .scrape()
        .lines()
        .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
