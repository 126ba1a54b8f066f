package io.sluice.agent.netns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A root directory whose owner would like us to read, or wait for, something else. */
@Timeout(20)
class ConfinedFileTest {
  @TempDir Path directory;
  private Path root;

  @BeforeEach
  void build() throws IOException {
    root = Files.createDirectories(directory.resolve("root"));
    Files.createDirectory(root.resolve("etc"));
    Files.writeString(directory.resolve("secret"), "the machine's");
  }

  @Test
  void aFile() throws IOException {
    Files.writeString(root.resolve("etc/file"), "the pod's");

    assertThat(read("etc/file")).isEqualTo("the pod's");
    Files.writeString(root.resolve("etc/file"), "another");
    assertThat(read("etc/file")).isEqualTo("another");
  }

  @Test
  void aLinkLeadsToWhereItLeadsForThePod() throws IOException {
    Files.createDirectories(root.resolve("run"));
    Files.writeString(root.resolve("run/file"), "the pod's");
    Files.createSymbolicLink(root.resolve("etc/absolute"), Path.of("/run/file"));
    Files.createSymbolicLink(root.resolve("etc/relative"), Path.of("../run/file"));
    Files.createSymbolicLink(root.resolve("etc/above"), Path.of("../../../../run/file"));

    assertThat(read("etc/absolute")).isEqualTo("the pod's");
    assertThat(read("etc/relative")).isEqualTo("the pod's");
    assertThat(read("etc/above")).isEqualTo("the pod's");
  }

  @Test
  void noLinkLeadsOut() throws IOException {
    Path secret = directory.resolve("secret");
    Files.createSymbolicLink(root.resolve("etc/out"), secret);
    Files.createSymbolicLink(root.resolve("etc/above"), Path.of("../../secret"));
    Files.createSymbolicLink(root.resolve("etc2"), directory);
    Files.createSymbolicLink(root.resolve("etc/loop"), Path.of("loop"));

    for (String each : new String[] {"etc/out", "etc/above", "etc2/secret"}) {
      assertThatThrownBy(() -> read(each)).as(each).isInstanceOf(NoSuchFileException.class);
    }
    assertThatThrownBy(() -> read("etc/loop")).isInstanceOf(IOException.class);
    Files.createSymbolicLink(root.resolve("etc/magic"), Path.of("/proc/self/root" + secret));
    Files.createSymbolicLink(root.resolve("proc"), Path.of("/proc"));
    assertThatThrownBy(() -> read("etc/magic")).isInstanceOf(IOException.class);
  }

  @Test
  void aFifoMakesNobodyWait() throws Exception {
    Path fifo = root.resolve("etc/fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> read("etc/fifo")).hasMessageEndingWith("is no regular file");
    assertThatThrownBy(() -> read("etc")).hasMessageEndingWith("is no regular file");
  }

  @Test
  void whatIsNotThere() {
    assertThatThrownBy(() -> read("etc/none")).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> ConfinedFile.find(directory.resolve("no"), "etc/file", () -> true))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void theRootOfAnotherProcessIsNotLookedInto() throws IOException {
    Files.writeString(root.resolve("etc/file"), "a stranger's");

    assertThatThrownBy(() -> ConfinedFile.find(root, "etc/file", () -> false))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("the pod has ended");
  }

  @Test
  void nothingStaysOpen() throws IOException {
    Files.writeString(root.resolve("etc/file"), "x");
    read("etc/file");
    long before = descriptors();
    for (int i = 0; i < 100; i++) {
      read("etc/file");
      assertThatThrownBy(() -> read("etc/none")).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> read("etc")).isInstanceOf(IOException.class);
    }
    assertThat(descriptors()).isLessThan(before + 50);
  }

  private static long descriptors() throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  private String read(String below) throws IOException {
    try (ConfinedFile file = ConfinedFile.find(root, below, () -> true)) {
      return Files.readString(file.path());
    }
  }
}
