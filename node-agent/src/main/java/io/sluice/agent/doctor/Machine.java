package io.sluice.agent.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The machine's files as the checks read them.
 *
 * @param root {@code /}, or a made-up machine in tests
 */
record Machine(Path root) {

  /** The trimmed text of a small file; empty when it can't be read. */
  Optional<String> text(String path) {
    try {
      return Optional.of(Files.readString(at(path)).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Its lines; none when it can't be read. */
  List<String> lines(String path) {
    return text(path).map(all -> all.lines().toList()).orElse(List.of());
  }

  boolean exists(String path) {
    return Files.exists(at(path));
  }

  /** Where the first file system of that type is mounted. */
  Optional<String> mountOf(String type) {
    return lines("/proc/self/mounts").stream()
        .map(line -> line.split(" "))
        .filter(fields -> fields.length > 2 && fields[2].equals(type))
        .map(fields -> fields[1])
        .findFirst();
  }

  private Path at(String path) {
    return root.resolve(path.substring(1));
  }
}
