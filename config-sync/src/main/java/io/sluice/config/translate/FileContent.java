package io.sluice.config.translate;

import io.sluice.mesh.problem.Problem;
import java.util.List;

/**
 * What one file holds.
 *
 * @param translations of each object, in the order of the file
 * @param problems of the file as such: documents that can't be read
 * @param complete every document was read: an object that is not there has been taken out on
 *     purpose
 */
public record FileContent(
    List<Translation> translations, List<Problem> problems, boolean complete) {
  public FileContent {
    translations = List.copyOf(translations);
    problems = List.copyOf(problems);
  }
}
