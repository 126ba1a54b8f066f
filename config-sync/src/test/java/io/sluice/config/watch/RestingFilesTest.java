package io.sluice.config.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Looks at a directory that exists in a map only, on a clock that is set by hand. */
class RestingFilesTest {
  private static final String OLD = "old: 1\n";
  private static final String NEW = "new: 2\n";

  private final Map<String, Long> arrivals = new HashMap<>();
  private final RestingFiles files = new RestingFiles(name -> arrivals.getOrDefault(name, 0L));
  private final SortedMap<String, SeenFile> directory = new TreeMap<>();
  private long nowMillis;
  private long prints;
  private long lastArrival;

  @BeforeEach
  void readTheDirectoryOnce() {
    write("a", OLD);
    files.takeAll(new TreeMap<>(directory));
  }

  @Test
  void whatIsThereAtFirstIsTakenAtOnce() {
    assertThat(inForce("a")).isEqualTo(OLD);
    assertThat(files.nextLook(0)).isEmpty();
  }

  @Test
  void aWrittenFileWaitsForRest() {
    write("a", NEW);

    assertThat(inForceAfter(0, "a")).isEqualTo(OLD);
    assertThat(files.nextLook(nanos())).contains(Duration.ofMillis(300));
    assertThat(inForceAfter(299, "a")).isEqualTo(OLD);
    assertThat(inForceAfter(1, "a")).isEqualTo(NEW);
    assertThat(files.nextLook(nanos())).isEmpty();
  }

  @Test
  void aWriterThatPausesIsNotInterrupted() {
    for (String part : new String[] {"", "new: 2\n", "new: 2\nmore: 3\n"}) {
      write("a", part);
      assertThat(inForceAfter(0, "a")).isEqualTo(OLD);
      assertThat(inForceAfter(290, "a")).as("after '%s'", part).isEqualTo(OLD);
    }
    assertThat(inForceAfter(10, "a")).isEqualTo("new: 2\nmore: 3\n");
  }

  @Test
  void aTextThatStopsWithinALineWaitsLonger() {
    write("a", "port: 80");

    assertThat(inForceAfter(0, "a")).isEqualTo(OLD);
    assertThat(inForceAfter(599, "a")).isEqualTo(OLD);
    assertThat(inForceAfter(1, "a")).isEqualTo("port: 80");
  }

  @Test
  void jsonEndsWithItsBrace() {
    write("a", "{\"kind\": \"Pod\"}");

    inForceAfter(0, "a");
    assertThat(inForceAfter(300, "a")).startsWith("{");
  }

  @Test
  void theSameBytesWrittenAgainAreNoChange() {
    write("a", OLD);

    inForceAfter(0, "a");
    assertThat(files.nextLook(nanos())).isEmpty();
  }

  @Test
  void touchingAFileAfterTheChangeStartsAnew() {
    write("a", NEW);
    inForceAfter(0, "a");
    inForceAfter(200, "a");
    write("a", NEW);

    inForceAfter(0, "a");
    assertThat(inForceAfter(200, "a")).isEqualTo(OLD);
    assertThat(inForceAfter(100, "a")).isEqualTo(NEW);
  }

  @Test
  void aRenamedFileIsWhole() {
    rename("a", "port: 80");

    assertThat(inForceAfter(0, "a")).isEqualTo(OLD);
    assertThat(inForceAfter(50, "a")).isEqualTo("port: 80");
  }

  @Test
  void anEmptyFileIsNotWholeHoweverItCame() {
    rename("a", "");

    inForceAfter(0, "a");
    assertThat(inForceAfter(50, "a")).isEqualTo(OLD);
  }

  @Test
  void whatIsWrittenAfterTheRenameIsNot() {
    rename("a", NEW);
    inForceAfter(0, "a");
    // The event of the write comes before the write itself is seen.
    arrivals.remove("a");
    assertThat(inForceAfter(50, "a")).isEqualTo(OLD);
    assertThat(inForceAfter(250, "a")).isEqualTo(NEW);
  }

  @Test
  void aRenameOfLongAgoDoesNotVouchForAChangeThatRaisesNoEvent() {
    rename("a", OLD);
    inForceAfter(0, "a");
    write("a", NEW);

    inForceAfter(0, "a");
    assertThat(inForceAfter(50, "a")).isEqualTo(OLD);
    assertThat(inForceAfter(250, "a")).isEqualTo(NEW);
  }

  @Test
  void aDeletedFileGoesSoon() {
    directory.remove("a");

    assertThat(inForceAfter(0, "a")).isEqualTo(OLD);
    assertThat(inForceAfter(99, "a")).isEqualTo(OLD);
    assertThat(inForceAfter(1, "a")).isEqualTo("none");
  }

  @Test
  void aFileThatIsGoneForAMomentIsNotMissed() {
    directory.remove("a");
    inForceAfter(0, "a");
    write("a", NEW);

    assertThat(inForceAfter(50, "a")).isEqualTo(OLD);
    assertThat(inForceAfter(299, "a")).isEqualTo(OLD);
    assertThat(inForceAfter(1, "a")).isEqualTo(NEW);
  }

  @Test
  void whatMovesToAnotherFileIsInForceThroughout() {
    write("b", "moved: 1"); // its end is missing: it waits longer than the removal
    inForceAfter(0, "a");
    directory.remove("a");

    for (int step = 0; step < 60; step++) {
      inForceAfter(10, "a");
      assertThat(inForce("a").equals("none") && inForce("b").equals("none"))
          .as("neither, after %d ms", nowMillis)
          .isFalse();
    }
    assertThat(inForce("a")).isEqualTo("none");
    assertThat(inForce("b")).isEqualTo("moved: 1");
  }

  @Test
  void aFileThatFindsNoRestHoldsOthersBackForALimitedTime() {
    write("b", NEW);
    write("a", NEW);
    inForceAfter(0, "a");
    for (int step = 0; step < 7; step++) {
      write("b", NEW + "# " + step + "\n");
      assertThat(inForce("a")).isEqualTo(OLD);
      inForceAfter(100, "a");
    }
    assertThat(inForce("a")).isEqualTo(NEW);
    assertThat(inForce("b")).isEqualTo("none");
  }

  @Test
  void aRemovalWaitsForItLonger() {
    directory.remove("a");
    for (int step = 0; step < 49; step++) {
      write("b", NEW + "# " + step + "\n");
      assertThat(inForceAfter(100, "a")).isEqualTo(OLD);
    }
    write("b", NEW);
    inForceAfter(100, "a");
    write("b", NEW + "#");
    assertThat(inForceAfter(100, "a")).isEqualTo("none");
  }

  @Test
  void aFileThatFindsNoRestIsTold() {
    for (int step = 0; step < 101; step++) {
      write("b", NEW + "# " + step + "\n");
      inForceAfter(100, "b");
      assertThat(files.restless(nanos()).isEmpty()).as("step %d", step).isEqualTo(step < 100);
    }
    assertThat(files.restless(nanos())).containsExactly("b");

    inForceAfter(300, "b");
    assertThat(files.restless(nanos())).isEmpty();
  }

  private void write(String name, String text) {
    directory.put(name, new SeenFile(++prints, new FileText.Text(text)));
  }

  private void rename(String name, String text) {
    write(name, text);
    arrivals.put(name, ++lastArrival);
  }

  private String inForceAfter(long millis, String name) {
    nowMillis += millis;
    files.look(new TreeMap<>(directory), nanos());
    return inForce(name);
  }

  /** A look at the same moment as the last one. */
  private String inForce(String name) {
    FileText text = files.look(new TreeMap<>(directory), nanos()).get(name);
    return text instanceof FileText.Text readable ? readable.text() : "none";
  }

  private long nanos() {
    return nowMillis * 1_000_000;
  }
}
