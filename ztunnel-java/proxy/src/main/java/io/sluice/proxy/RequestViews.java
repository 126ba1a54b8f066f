package io.sluice.proxy;

import io.sluice.mesh.workload.Workload;
import io.sluice.proxy.http.RequestTarget;
import io.sluice.proxy.http.head.Name;
import io.sluice.proxy.http.head.RequestHead;
import io.sluice.proxy.intercept.InterceptedConnection;
import io.sluice.proxy.route.RequestView;

/** A request as routing sees it. The four forms of a request target: RFC 9112 section 3.2. */
final class RequestViews {
  private RequestViews() {}

  static RequestView of(RequestHead request, InterceptedConnection connection) {
    Workload client = connection.pod().workload();
    return new RequestView(
        request.method(),
        path(request),
        authority(request),
        request::value,
        client.namespace(),
        client.labels(),
        connection.originalDestination());
  }

  /**
   * Of an absolute-form target, which overrides the Host header (RFC 9112 section 3.2.2), else the
   * Host header.
   */
  static String authority(RequestHead request) {
    return request.isOriginForm()
        ? request.first(Name.HOST)
        : RequestTarget.authority(request.target()).orElseGet(() -> request.first(Name.HOST));
  }

  static String path(RequestHead request) {
    String path = RequestTarget.path(request.target());
    return path.isEmpty() && !request.isConnect() ? "/" : path;
  }
}
