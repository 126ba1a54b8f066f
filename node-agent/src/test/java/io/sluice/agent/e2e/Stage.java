package io.sluice.agent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.agent.e2e.Lab.Pod;
import io.sluice.agent.e2e.Lab.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * What programs need to be started and used: pods, files of their own, a user without rights. Their
 * commands are lines for {@code sh}.
 */
final class Stage {

  /** Some servers refuse to be root. */
  static final String AS_NOBODY = "setpriv --reuid=nobody --regid=nogroup --clear-groups ";

  private final Lab lab;
  private final Path directory;

  Stage(Lab lab, Path directory) {
    this.lab = lab;
    this.directory = directory;
    permit(directory, "rwx--x--x");
    run(
        """
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
          -subj /CN=shelf.example -keyout %1$s/key.pem -out %1$s/cert.pem
        """
            .formatted(directory));
  }

  /** A directory of that program alone, which nobody owns, with a key.pem and a cert.pem. */
  Path makeHome(String program) {
    try {
      Path home = Files.createDirectory(home(program));
      permit(home, "rwx------");
      for (String file : List.of("key.pem", "cert.pem")) {
        permit(Files.copy(directory.resolve(file), home.resolve(file)), "rw-------");
      }
      run("chown -R nobody " + home);
      return home;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path home(String program) {
    return directory.resolve(program);
  }

  /** Starts a server; it ends with the lab. */
  Process server(Pod pod, String line) {
    return lab.spawn(pod, "sh", "-c", "exec " + line);
  }

  /** Waits until somebody listens on that port in the pod. */
  void awaitPort(Pod pod, int port, String who) {
    Lab.await(
        who + " listens on port " + port,
        () -> !lab.in(pod, "ss", "-Hltn", "sport = :" + port).out().isBlank());
  }

  /** What a client in a pod printed; it has to succeed. */
  String in(Pod pod, String line) {
    return output(lab.in(pod, "sh", "-c", line), line);
  }

  /** The same on no pod's network. */
  static String run(String line) {
    return output(Lab.run(List.of("sh", "-c", line)), line);
  }

  /** The median time from connect to the first byte, milliseconds. */
  double firstByteMillis(Pod client, String host, int port, String opening) {
    return Double.parseDouble(
        in(
            client,
            "python3 %s %s %d 7 '%s'".formatted(Lab.script("first_byte.py"), host, port, opening)));
  }

  static Path write(Path file, String text) {
    return write(file, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  static Path write(Path file, byte[] bytes) {
    try {
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The newest of the commands of that name, which Debian keeps out of PATH, by version. */
  static String newest(Path versions, String command) {
    try (Stream<Path> each = Files.exists(versions) ? Files.list(versions) : Stream.empty()) {
      return each.map(version -> version.resolve("bin").resolve(command))
          .filter(Files::isExecutable)
          .map(Path::toString)
          .max(String::compareTo)
          .orElse(command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void permit(Path file, String permissions) {
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String output(Run run, String line) {
    assertThat(run.status()).as("%s%n%s%s", line, run.out(), run.err()).isZero();
    return run.out();
  }
}
