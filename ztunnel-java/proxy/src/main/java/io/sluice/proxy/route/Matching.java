package io.sluice.proxy.route;

import io.sluice.mesh.http.HeaderMatch;
import io.sluice.mesh.http.HttpMatch;
import io.sluice.mesh.http.HttpRoute;
import io.sluice.mesh.http.StringMatch;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a route's conditions hold for a request. Istio's HTTPMatchRequest: AND within one match,
 * OR between matches.
 */
final class Matching {
  private Matching() {}

  static boolean matches(HttpRoute route, RequestView request) {
    if (route.matches().isEmpty()) {
      return true;
    }
    for (HttpMatch match : route.matches()) {
      if (matches(match, request)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether some request of this caller to this port could match. Istio settles this before any
   * request comes: a sidecar is never told of routes that are for others.
   */
  static boolean isMeantForCaller(HttpRoute route, RequestView request) {
    return route.matches().isEmpty()
        || route.matches().stream().anyMatch(match -> isMeantForCaller(match, request));
  }

  private static boolean isMeantForCaller(HttpMatch match, RequestView request) {
    return (match.port().isEmpty()
            || match.port().getAsInt() == request.originalDestination().getPort())
        && (match.sourceNamespace().isEmpty()
            || match.sourceNamespace().get().equals(request.clientNamespace()))
        && holdsAll(match.sourceLabels(), request.clientLabels());
  }

  static boolean matches(HttpMatch match, RequestView request) {
    return isMeantForCaller(match, request)
        && holds(match.method(), request.method())
        && holdsUri(match, request.path())
        && holds(match.authority(), request.authority())
        && allHold(match.headers(), request)
        && noneHolds(match.withoutHeaders(), request);
  }

  private static boolean holds(Optional<StringMatch> condition, String value) {
    return condition.isEmpty() || condition.get().matches(value);
  }

  static boolean holdsAll(Map<String, String> wanted, Map<String, String> labels) {
    for (Map.Entry<String, String> label : wanted.entrySet()) {
      if (!label.getValue().equals(labels.get(label.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private static boolean holdsUri(HttpMatch match, String path) {
    if (match.uri().isEmpty()) {
      return true;
    }
    StringMatch uri = match.uri().get();
    if (!match.ignoreUriCase()) {
      return uri.matches(path);
    }
    return switch (uri) {
      case StringMatch.Exact exact -> exact.value().equalsIgnoreCase(path);
      case StringMatch.Prefix prefix ->
          path.regionMatches(true, 0, prefix.value(), 0, prefix.value().length());
      // Istio: ignoreUriCase has no effect on a regex, which can say (?i) itself.
      case StringMatch.Regex regex -> regex.matches(path);
      case StringMatch.Present present -> present.matches(path);
    };
  }

  private static boolean allHold(List<HeaderMatch> conditions, RequestView request) {
    for (HeaderMatch condition : conditions) {
      if (!holds(condition, request)) {
        return false;
      }
    }
    return true;
  }

  private static boolean noneHolds(List<HeaderMatch> conditions, RequestView request) {
    for (HeaderMatch condition : conditions) {
      if (holds(condition, request)) {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(HeaderMatch condition, RequestView request) {
    Optional<String> value = request.headers().value(condition.name());
    return value.isPresent() && condition.match().matches(value.get());
  }
}
