package io.sluice.proxy.route;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What routing may know of a request.
 *
 * @param method as sent
 * @param path of the request target, without query; {@code *} and CONNECT's target as sent
 * @param authority host and port as sent: of an absolute-form target, else the Host header; may be
 *     empty
 * @param headers by lower-case name
 * @param clientNamespace of the calling workload
 * @param clientLabels of the calling workload
 * @param originalDestination what the app dialled; resolved
 */
public record RequestView(
    String method,
    String path,
    String authority,
    Headers headers,
    String clientNamespace,
    Map<String, String> clientLabels,
    InetSocketAddress originalDestination) {
  /** A look into the headers without a copy of them. */
  @FunctionalInterface
  public interface Headers {
    /**
     * @param name lower case
     * @return the value; several lines of one name are joined by a comma; empty when there is none
     */
    Optional<String> value(String name);
  }

  public RequestView {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(authority, "authority");
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(clientNamespace, "clientNamespace");
    Objects.requireNonNull(clientLabels, "clientLabels");
    Objects.requireNonNull(originalDestination, "originalDestination");
  }
}
