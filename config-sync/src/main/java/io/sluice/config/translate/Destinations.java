package io.sluice.config.translate;

import io.sluice.config.resource.VirtualServiceResource.Destination;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code route} of a rule: destinations with weights; the same in http, tls and tcp. */
final class Destinations {
  private static final int SINGLE_WEIGHT = 100;

  private Destinations() {}

  /** Empty when there is no {@code route}, or when it is wrong, which is reported. */
  static List<Destination> read(Fields rule) {
    List<Fields> routes = rule.objects("route");
    List<Destination> destinations = new ArrayList<>();
    long sum = 0;
    for (Fields route : routes) {
      OptionalInt weight = route.integer("weight", 0, Integer.MAX_VALUE);
      sum += weight.orElse(0);
      destination(route, routes.size() == 1 ? SINGLE_WEIGHT : weight.orElse(0))
          .ifPresent(destinations::add);
      route.notSupported("headers");
      route.done();
    }
    if (rule.has("route") && routes.isEmpty()) {
      rule.error("route", "at least one destination");
    }
    if (routes.size() > 1 && sum == 0) {
      rule.error("route", "weights: several destinations need them, and one must be above 0");
    }
    return destinations;
  }

  private static Optional<Destination> destination(Fields route, int weight) {
    Fields destination = route.object("destination");
    Optional<String> text =
        destination.required(
            "host", "the host of a Service or ServiceEntry: a route needs a destination");
    Optional<String> host = text.flatMap(Hosts::parse);
    if (text.isPresent() && host.isEmpty()) {
      destination.error("host", Hosts.EXPECTED);
    }
    Fields port = destination.object("port");
    OptionalInt number = port.port("number");
    port.done();
    String subset = destination.text("subset").orElse("");
    destination.done();
    return host.map(name -> new Destination(name, subset, number, weight));
  }
}
