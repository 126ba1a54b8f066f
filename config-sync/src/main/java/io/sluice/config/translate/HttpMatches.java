package io.sluice.config.translate;

import io.sluice.mesh.http.HeaderMatch;
import io.sluice.mesh.http.HttpMatch;
import io.sluice.mesh.http.StringMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads one entry of {@code match}. A condition that can't be checked makes the entry one that
 * never holds: were it left out, the rule would apply to requests for which it is not meant.
 */
final class HttpMatches {
  private static final String MESH = "mesh";

  private final Fields fields;
  private boolean never;

  private HttpMatches(Fields fields) {
    this.fields = fields;
  }

  /** Empty when it never holds for calls between workloads. */
  static Optional<HttpMatch> read(Fields fields) {
    return new HttpMatches(fields).read();
  }

  private Optional<HttpMatch> read() {
    Optional<StringMatch> uri = one("uri");
    Optional<StringMatch> method = one("method");
    Optional<StringMatch> authority = one("authority");
    List<HeaderMatch> headers = headers("headers");
    List<HeaderMatch> withoutHeaders = headers("withoutHeaders");
    OptionalInt port = fields.port("port");
    Map<String, String> sourceLabels = fields.textMap("sourceLabels");
    Optional<String> sourceNamespace =
        fields.text("sourceNamespace").filter(text -> !text.isEmpty());
    boolean ignoreUriCase = fields.flag("ignoreUriCase");
    List<String> gateways = fields.texts("gateways");
    fields.ignore("name", "statPrefix");
    for (String condition : List.of("scheme", "queryParams")) {
      if (fields.has(condition)) {
        fields.ignore(condition);
        unchecked(condition);
      }
    }
    never |= fields.done();
    if (never || !(gateways.isEmpty() || gateways.contains(MESH))) {
      return Optional.empty();
    }
    return Optional.of(
        new HttpMatch(
            uri,
            ignoreUriCase,
            method,
            authority,
            headers,
            withoutHeaders,
            port,
            sourceLabels,
            sourceNamespace));
  }

  private Optional<StringMatch> one(String name) {
    StringMatches.Read read = StringMatches.read(fields, fields.object(name), name);
    never |= read.broken();
    return read.match();
  }

  private List<HeaderMatch> headers(String name) {
    List<HeaderMatch> headers = new ArrayList<>();
    fields
        .objectMap(name)
        .forEach((header, value) -> {
          StringMatches.Read read = StringMatches.read(fields, value, name);
          never |= read.broken();
          if (header.startsWith(":")) {
            unchecked(name);
          }
          read.match()
              .ifPresent(
                  match -> headers.add(new HeaderMatch(header.toLowerCase(Locale.ROOT), match)));
        });
    return headers;
  }

  private void unchecked(String name) {
    never = true;
    fields.notSupportedValue(
        name, "other conditions: this one is not supported yet, so this match never holds");
  }
}
