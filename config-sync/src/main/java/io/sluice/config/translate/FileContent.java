package io.sluice.config.translate;

import io.sluice.mesh.problem.Problem;
import io.sluice.mesh.problem.ResourceRef;
import java.util.List;
import java.util.Map;

/**
 * What one file holds.
 *
 * @param translations of each object, in the order of the file
 * @param problems of the file as such: documents that can't be read
 * @param complete every document was read: an object that is not there has been taken out on
 *     purpose
 * @param lines in which the document of each object begins, from 1; for messages
 */
public record FileContent(
    List<Translation> translations,
    List<Problem> problems,
    boolean complete,
    Map<ResourceRef, Integer> lines) {
  public FileContent {
    translations = List.copyOf(translations);
    problems = List.copyOf(problems);
    lines = Map.copyOf(lines);
  }
}
