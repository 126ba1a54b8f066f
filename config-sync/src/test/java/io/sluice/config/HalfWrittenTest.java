package io.sluice.config;

import static io.sluice.config.WatchedDirectory.await;
import static io.sluice.config.WatchedDirectory.has;
import static io.sluice.config.WatchedDirectory.pause;
import static io.sluice.config.WatchedDirectory.pod;
import static io.sluice.config.WatchedDirectory.run;
import static io.sluice.config.WatchedDirectory.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.config.WatchedDirectory.Watch;
import io.sluice.mesh.RouteTable;
import io.sluice.mesh.workload.PodEvent;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * While files are written, whatever the writer's ways: nothing that stands in the old and in the
 * new version is missing from any table in between.
 */
class HalfWrittenTest {
  private static final String WEB = "10.0.0.1";
  private static final String CARD = "10.0.0.2";
  private static final String ALL =
      WatchedDirectory.NAMESPACE
          + "---\n"
          + service("web", WEB)
          + "---\n"
          + service("card", CARD)
          + "---\n"
          + pod("web-1");

  @TempDir private Path path;
  private WatchedDirectory directory;

  @BeforeEach
  void open() {
    directory = new WatchedDirectory(path);
  }

  @AfterEach
  void close() {
    directory.close();
  }

  @Test
  void truncatedAtAnyPoint() {
    directory.write("all.yaml", ALL);
    directory.start();
    Random random = new Random(7);
    try (Watch all = directory.always(HalfWrittenTest::hasBoth)) {
      for (int end : ends(random)) {
        directory.write("all.yaml", ALL.substring(0, end));
        pause(30 + random.nextInt(60));
        directory.write("all.yaml", ALL + "# " + end + "\n");
        pause(random.nextInt(40));
      }
      directory.write("all.yaml", ALL + "---\n" + service("more", "10.0.0.3"));
      await("the last version", () -> directory.has("10.0.0.3"));
    }
    assertThat(removals()).isZero();
  }

  /** The ends of documents and lines, where YAML is valid, and some within. */
  private static List<Integer> ends(Random random) {
    List<Integer> ends = new ArrayList<>();
    for (int at = ALL.indexOf('\n'); at >= 0; at = ALL.indexOf('\n', at + 1)) {
      ends.add(at + 1);
      if (random.nextBoolean()) {
        ends.add(random.nextInt(ALL.length()));
      }
    }
    return ends;
  }

  @Test
  void writtenInPiecesWithPauses() {
    directory.write("all.yaml", ALL);
    directory.start();
    byte[] text = (ALL + "---\n" + service("more", "10.0.0.3")).getBytes(StandardCharsets.UTF_8);
    try (Watch all = directory.always(HalfWrittenTest::hasBoth)) {
      run(() -> {
        try (OutputStream out = Files.newOutputStream(directory.path("all.yaml"))) {
          for (int from = 0; from < text.length; from += 90) {
            out.write(text, from, Math.min(90, text.length - from));
            pause(120);
          }
        }
      });
      await("the whole file", () -> directory.has("10.0.0.3"));
    }
    assertThat(removals()).isZero();
  }

  @Test
  void aNewFileIsNotTakenInPiecesEither() {
    directory.start();
    String text = service("web", WEB) + "---\n" + service("card", CARD);
    try (Watch all = directory.always(table -> has(table, WEB) == has(table, CARD))) {
      for (int end : List.of(0, 60, text.indexOf("---"), text.length() - 10, text.length())) {
        directory.write("new.yaml", text.substring(0, end));
        pause(100);
      }
      await("the whole file", () -> directory.has(CARD));
    }
  }

  @Test
  void swappedByLinkAsKubernetesDoes() {
    configMap(0, List.of("web.yaml", "card.yaml"));
    directory.link("web.yaml", "..data/web.yaml");
    directory.link("card.yaml", "..data/card.yaml");
    directory.start();
    assertThat(hasBoth(directory.table())).isTrue();

    try (Watch all = directory.always(HalfWrittenTest::hasBoth)) {
      for (int swap = 1; swap <= 8; swap++) {
        // The card moves to a file that comes, and back from the one that goes.
        boolean away = swap % 2 == 1;
        String next = away ? "moved.yaml" : "card.yaml";
        String before = away ? "card.yaml" : "moved.yaml";
        configMap(swap, List.of("web.yaml", next));
        directory.link(next, "..data/" + next);
        directory.delete(before);
        remove(directory.path("..2026_" + (swap - 1)));
        if (swap % 3 == 0) {
          String marker = "10.0.1." + swap;
          await("swap " + swap, () -> directory.has(marker));
        }
      }
      await("the last swap", () -> directory.has("10.0.1.8"));
    }
    assertThat(directory.problems()).isEmpty();
  }

  private void configMap(int number, List<String> files) {
    run(() -> {
      Path data = Files.createDirectory(directory.path("..2026_" + number));
      String marker = "---\n" + service("marker", "10.0.1." + number);
      Files.writeString(data.resolve(files.get(0)), service("web", WEB) + marker);
      Files.writeString(data.resolve(files.get(1)), service("card", CARD));
      Files.createSymbolicLink(directory.path("..data_tmp"), data.getFileName());
      Files.move(
          directory.path("..data_tmp"), directory.path("..data"), StandardCopyOption.ATOMIC_MOVE);
    });
  }

  @Test
  void movedFromFileToFile() {
    directory.write("a.yaml", service("web", WEB));
    directory.write("b.yaml", service("card", CARD));
    directory.start();
    try (Watch all = directory.always(HalfWrittenTest::hasBoth)) {
      // There twice for a moment, written in place, and the deletion right behind.
      directory.write("z.yaml", service("web", WEB));
      directory.delete("a.yaml");
      await("web is in z", () -> sourceCount() == 2 && directory.problems().isEmpty());
      pause(400);

      // Gone for a moment.
      directory.delete("z.yaml");
      directory.write("c.yaml", service("web", WEB));
      pause(500);

      // Out of a file that stays, into one that is renamed into place.
      directory.rename("d.yaml", service("card", CARD));
      directory.write("b.yaml", service("other", "10.0.0.3"));
      await("other is there", () -> directory.has("10.0.0.3"));
      assertThat(directory.problems()).isEmpty();
    }
  }

  @Test
  void renamedWithinAFile() {
    directory.write("a.yaml", service("web", WEB) + "---\n" + service("card", CARD));
    directory.start();
    try (Watch all = directory.always(HalfWrittenTest::hasBoth)) {
      directory.write("a.yaml", service("shop", WEB) + "---\n" + service("card", CARD));
      await(
          "the new name",
          () ->
              directory
                  .table()
                  .serviceAt(Given.socket(WEB, 80))
                  .orElseThrow()
                  .toString()
                  .contains("shop.shop"));
    }
  }

  @Test
  void theWholeDirectoryReplaced(@TempDir Path elsewhere) {
    Path config = elsewhere.resolve("config");
    run(() -> Files.createDirectory(config));
    try (WatchedDirectory moved = new WatchedDirectory(config)) {
      moved.write("all.yaml", ALL);
      moved.start();
      try (Watch all = moved.always(HalfWrittenTest::hasBoth)) {
        for (int time = 0; time < 3; time++) {
          String marker = "10.0.1." + time;
          Path next = elsewhere.resolve("next-" + time);
          Path old = elsewhere.resolve("old-" + time);
          run(() -> {
            Files.createDirectory(next);
            Files.writeString(next.resolve("all.yaml"), ALL + "---\n" + service("marker", marker));
            Files.move(config, old);
          });
          pause(600);
          run(() -> Files.move(next, config));
          await("directory " + time, () -> moved.has(marker));
        }
      }
      await("no problem is left", () -> moved.problems().isEmpty());
    }
  }

  private long removals() {
    return directory.events().stream().filter(PodEvent.Remove.class::isInstance).count();
  }

  private int sourceCount() {
    return directory.status().resources();
  }

  private static boolean hasBoth(RouteTable table) {
    return has(table, WEB) && has(table, CARD);
  }

  private static void remove(Path tree) {
    run(() -> {
      try (Stream<Path> files = Files.list(tree)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(tree);
    });
  }
}
