package io.sluice.config.translate;

import io.sluice.mesh.problem.ResourceRef;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose document is it that can't be read? Told from its text, as far as it is written as most are,
 * so that people find the object by its name. For messages only.
 */
final class Guess {
  private static final Pattern KIND = Pattern.compile("(?m)^kind: *[\"']?([A-Za-z]{1,63})\\b");
  private static final Pattern METADATA =
      Pattern.compile("(?m)^metadata: *(\\{[^}\\n]*|(?:\\R[ \\t]+[^\\n]*){1,20})");

  private Guess() {}

  /** The object, when kind and name can be seen. */
  static Optional<ResourceRef> of(String document) {
    Matcher kind = KIND.matcher(document);
    Matcher metadata = METADATA.matcher(document);
    if (!kind.find() || !metadata.find()) {
      return Optional.empty();
    }
    String inside = metadata.group(1);
    String namespace =
        kind.group(1).equals("Namespace") ? "" : field(inside, "namespace").orElse("default");
    return field(inside, "name").map(name -> new ResourceRef(kind.group(1), namespace, name));
  }

  private static Optional<String> field(String metadata, String field) {
    Matcher matcher =
        Pattern.compile("[\\s{,]" + field + ": *[\"']?([a-z0-9][a-z0-9.-]{0,252})")
            .matcher(metadata);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
