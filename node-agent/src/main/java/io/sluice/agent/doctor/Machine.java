package io.sluice.agent.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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

  /** More than any file that a check reads. */
  private static final int TEXT_BYTES_MAX = 64 << 10;

  /**
   * The trimmed text of a small file; empty when it can't be read. One read call: a sysctl of
   * several numbers ends a second one early, and {@code Files.readString} begins with a read of one
   * byte where the size says 0.
   */
  Optional<String> text(String path) {
    try (InputStream in = Files.newInputStream(at(path))) {
      byte[] bytes = new byte[TEXT_BYTES_MAX];
      int length = Math.max(0, in.read(bytes));
      return Optional.of(new String(bytes, 0, length, StandardCharsets.UTF_8).strip());
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
