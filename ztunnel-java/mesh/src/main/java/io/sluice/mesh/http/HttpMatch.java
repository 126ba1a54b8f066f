package io.sluice.mesh.http;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Conditions that must all hold. Every part that is empty holds for each request.
 *
 * @param uri on the path without query; {@code ignoreUriCase} folds both sides for exact and prefix
 * @param ignoreUriCase see {@code uri}
 * @param method case-sensitive (RFC 9110 section 9.1)
 * @param authority the Host header as sent, port included
 * @param headers all must hold
 * @param withoutHeaders none may hold
 * @param port the original destination's port
 * @param sourceLabels the caller's labels, all must be equal
 * @param sourceNamespace the caller's namespace
 */
public record HttpMatch(
    Optional<StringMatch> uri,
    boolean ignoreUriCase,
    Optional<StringMatch> method,
    Optional<StringMatch> authority,
    List<HeaderMatch> headers,
    List<HeaderMatch> withoutHeaders,
    OptionalInt port,
    Map<String, String> sourceLabels,
    Optional<String> sourceNamespace) {
  /** Holds for every request. */
  public static final HttpMatch ANY =
      new HttpMatch(
          Optional.empty(),
          false,
          Optional.empty(),
          Optional.empty(),
          List.of(),
          List.of(),
          OptionalInt.empty(),
          Map.of(),
          Optional.empty());

  public HttpMatch {
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(authority, "authority");
    headers = List.copyOf(headers);
    withoutHeaders = List.copyOf(withoutHeaders);
    Objects.requireNonNull(port, "port");
    sourceLabels = Map.copyOf(sourceLabels);
    Objects.requireNonNull(sourceNamespace, "sourceNamespace");
  }
}
