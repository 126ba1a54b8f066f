package io.sluice.config.translate;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.problem.Problem.Severity;
import io.sluice.mesh.problem.ResourceRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Text of a file in, translations out. A document that can't be read does not keep the others of
 * its file back.
 */
public final class ManifestReader {
  /** A document's start; block texts are indented, so it can't be part of one. */
  private static final Pattern SEPARATOR = Pattern.compile("(?m)^---(?=\\s|$)");

  private static final int DOCUMENTS_MAX = 10_000;

  private final Translator translator = new Translator();

  /**
   * Reads a file; never throws.
   *
   * @param name of the file, for messages
   * @param text YAML of one or several documents, or JSON
   */
  public FileContent read(String name, String text) {
    List<Translation> translations = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    Map<ResourceRef, Integer> lines = new HashMap<>();
    String[] documents = SEPARATOR.split(text, DOCUMENTS_MAX);
    int line = 1;
    boolean any = false;
    for (String document : documents) {
      try {
        JsonNode tree = YamlTree.parse(saysNothing(document) ? "" : document);
        any |= !tree.isNull();
        int before = translations.size();
        addAll(name, line, tree, translations, problems);
        for (Translation found : translations.subList(before, translations.size())) {
          lines.putIfAbsent(found.ref(), line + leadingLines(document));
        }
      } catch (YamlTree.Unreadable e) {
        any = true;
        problems.add(unreadable(name, document, line, e));
      }
      line += (int) document.chars().filter(character -> character == '\n').count();
    }
    if (!any) {
      problems.add(empty(name));
    }
    return new FileContent(translations, problems, problems.isEmpty(), lines);
  }

  /** Between the separator and the first word. */
  private static int leadingLines(String document) {
    return (int)
        document
            .lines()
            .takeWhile(line -> line.isBlank() || line.startsWith("#") || line.startsWith("%"))
            .count();
  }

  /** Comments, and directives such as {@code %YAML 1.2}, which stand before a document's start. */
  private static boolean saysNothing(String document) {
    return document
        .lines()
        .allMatch(line -> line.isBlank() || line.startsWith("%") || line.startsWith("#"));
  }

  private void addAll(
      String file,
      int line,
      JsonNode tree,
      List<Translation> translations,
      List<Problem> problems) {
    if (tree.isNull()) {
      return;
    }
    if (!tree.isObject() || !tree.path("kind").isTextual()) {
      problems.add(
          problem(
              file,
              "document at line " + line,
              Findings.shortened(tree),
              "a Kubernetes object with apiVersion, kind and metadata"));
      return;
    }
    if (tree.path("kind").textValue().equals("List")) {
      for (JsonNode item : tree.path("items")) {
        addAll(file, line, item, translations, problems);
      }
      return;
    }
    translations.add(translator.translate(file, tree));
  }

  private static Problem unreadable(
      String file, String document, int line, YamlTree.Unreadable why) {
    return new Problem(
        Guess.of(document).orElse(new ResourceRef("File", "", file)),
        Severity.ERROR,
        "document at line " + line,
        Findings.shortened(String.valueOf(why.getMessage()).replaceAll("\\s+", " ")),
        "YAML; what was last read of this document stays in force",
        why.line() == 0 ? file : file + ":" + (line + why.line() - 1));
  }

  private static Problem empty(String file) {
    return problem(
        file,
        "",
        "empty",
        "at least one object; what was last read of it stays in force, delete the file to take that away");
  }

  private static Problem problem(String file, String field, String value, String expected) {
    return new Problem(
        new ResourceRef("File", "", file), Severity.ERROR, field, value, expected, file);
  }
}
