package io.sluice.config.translate;

import java.util.List;
import java.util.regex.Pattern;

/** Lists of namespaces. */
final class Namespaces {
  private static final Pattern NAME = Pattern.compile("[.*~]|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private Namespaces() {}

  static List<String> exportTo(Fields spec) {
    List<String> exportTo = spec.texts("exportTo");
    if (!exportTo.stream().allMatch(text -> NAME.matcher(text).matches())) {
      spec.error("exportTo", "namespaces, \".\" (the own one), \"*\" (all) or \"~\" (none)");
    }
    return exportTo;
  }

  /** For kinds whose visibility can't be narrowed yet. */
  static List<String> exportToAll(Fields spec) {
    List<String> exportTo = exportTo(spec);
    if (!exportTo.isEmpty() && !exportTo.contains("*")) {
      spec.notSupportedValue(
          "exportTo", "\"*\": a narrower one is not supported yet, all namespaces see it");
    }
    return exportTo;
  }
}
