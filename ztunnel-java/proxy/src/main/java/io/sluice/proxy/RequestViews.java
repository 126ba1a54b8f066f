package io.sluice.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.http.RequestTarget;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.route.RequestView;
import java.util.List;
import java.util.Optional;

/** A request as routing sees it. The four forms of a request target: RFC 9112 section 3.2. */
final class RequestViews {
  private RequestViews() {}

  static RequestView of(HttpRequest request, InterceptedConnection connection) {
    Workload client = connection.pod().workload();
    return new RequestView(
        request.method().name(),
        path(request),
        authority(request),
        name -> header(request.headers(), name),
        client.namespace(),
        client.labels(),
        connection.originalDestination());
  }

  /**
   * Of an absolute-form target, which overrides the Host header (RFC 9112 section 3.2.2), else the
   * Host header.
   */
  static String authority(HttpRequest request) {
    return RequestTarget.authority(request.uri())
        .orElseGet(() -> request.headers().get(HttpHeaderNames.HOST, ""));
  }

  static String path(HttpRequest request) {
    String path = RequestTarget.path(request.uri());
    return path.isEmpty() && !request.method().equals(HttpMethod.CONNECT) ? "/" : path;
  }

  private static Optional<String> header(HttpHeaders headers, String name) {
    List<String> lines = headers.getAll(name);
    return switch (lines.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(lines.getFirst());
      default -> Optional.of(String.join(",", lines));
    };
  }
}
