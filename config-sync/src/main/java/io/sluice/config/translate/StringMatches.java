package io.sluice.config.translate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.sluice.mesh.http.StringMatch;
import java.util.List;
import java.util.Optional;

/**
 * Istio's StringMatch: exactly one of exact, prefix, regex; none of them: the value need only be
 * there.
 */
final class StringMatches {
  /** Compiled size grows with it. */
  private static final int REGEX_LENGTH_MAX = 1024;

  private StringMatches() {}

  /**
   * @param broken set when a field is unknown: then the condition must not be taken for a weaker
   *     one
   */
  record Read(Optional<StringMatch> match, boolean broken) {}

  static Read read(Fields parent, Fields fields, String name) {
    if (!fields.isPresent()) {
      return new Read(Optional.empty(), false);
    }
    List<String> kinds = List.of("exact", "prefix", "regex");
    if (kinds.stream().filter(fields::has).count() > 1) {
      parent.error(name, "one of exact, prefix, regex, not several");
    }
    Optional<StringMatch> match =
        fields
            .text("exact")
            .<StringMatch>map(StringMatch.Exact::new)
            .or(() -> fields.text("prefix").map(StringMatch.Prefix::new))
            .or(() -> regex(fields));
    return new Read(
        match.or(() -> Optional.of(new StringMatch.Present())),
        fields.ignore("exact", "prefix", "regex").done());
  }

  private static Optional<StringMatch> regex(Fields fields) {
    Optional<String> text = fields.text("regex");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (text.get().length() > REGEX_LENGTH_MAX) {
      fields.error("regex", "at most " + REGEX_LENGTH_MAX + " characters");
      return Optional.empty();
    }
    try {
      Pattern pattern = Pattern.compile(text.get());
      return Optional.of(new StringMatch.Regex(text.get(), pattern::matches));
    } catch (PatternSyntaxException e) {
      fields.error(
          "regex",
          "RE2 syntax (no look-around, no back-references): "
              + Findings.shortened(String.valueOf(e.getMessage())));
      return Optional.empty();
    }
  }
}
