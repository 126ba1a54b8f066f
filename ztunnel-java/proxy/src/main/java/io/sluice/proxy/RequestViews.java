package io.sluice.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.sluice.mesh.workload.Workload;
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
    String target = request.uri();
    int start = afterScheme(target);
    if (start < 0) {
      String host = request.headers().get(HttpHeaderNames.HOST);
      return host == null ? "" : host;
    }
    return target.substring(start, authorityEnd(target, start));
  }

  static String path(HttpRequest request) {
    String target = request.uri();
    int start = afterScheme(target);
    String path = start < 0 ? target : target.substring(authorityEnd(target, start));
    int end = endOf(path);
    if (end == 0 && !request.method().equals(HttpMethod.CONNECT)) {
      return "/";
    }
    return end == path.length() ? path : path.substring(0, end);
  }

  private static int afterScheme(String target) {
    if (target.startsWith("/")) {
      return -1;
    }
    int scheme = target.indexOf("://");
    return scheme <= 0 ? -1 : scheme + 3;
  }

  private static int authorityEnd(String target, int start) {
    int end = start;
    while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private static int endOf(String path) {
    int query = path.indexOf('?');
    int fragment = path.indexOf('#');
    int end = query < 0 ? path.length() : query;
    return fragment < 0 ? end : Math.min(end, fragment);
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
