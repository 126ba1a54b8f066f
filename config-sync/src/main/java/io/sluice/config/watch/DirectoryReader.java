package io.sluice.config.watch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the files of a directory; those that have not changed since are not read again. */
public final class DirectoryReader {
  /** A file with more is not read. Kubernetes takes no object above 1.5 MiB. */
  public static final int FILE_BYTES_MAX = 4 * 1024 * 1024;

  /** The files after so many, by name, are not read. */
  public static final int FILES_MAX = 2_000;

  /** Files that would lead beyond so many characters in all are not read. */
  public static final int CHARACTERS_MAX = 64 * 1024 * 1024;

  /**
   * A change within a file system's tick leaves the time as it was. A file that was changed shortly
   * before it was read is read again until so long has passed.
   */
  private static final Duration SETTLE = Duration.ofSeconds(2);

  /** The time of change, not of modification: programs set the latter back as they like. */
  private static final String ATTRIBUTES = "unix:isRegularFile,isDirectory,fileKey,ctime,size";

  private static final Print NOTHING = new Print(null, FileTime.fromMillis(0), -1);

  private static final Known TOO_MUCH =
      new Known(
          NOTHING,
          false,
          new FileText.Unreadable(
              "not read", "at most " + CHARACTERS_MAX + " characters in the files of a directory"));

  private final Path directory;
  private final InstantSource clock;
  private Map<String, Known> known = new HashMap<>();
  private int left;

  public DirectoryReader(Path directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /**
   * All files as they are now, by name.
   *
   * @throws IOException when the directory itself can't be read
   */
  public SortedMap<String, SeenFile> read() throws IOException {
    long characters = 0;
    Map<String, Known> next = new HashMap<>();
    SortedMap<String, SeenFile> seen = new TreeMap<>();
    for (Map.Entry<String, Path> file : files().entrySet()) {
      Known now = file(file.getValue(), known.get(file.getKey()));
      if (now != null) {
        characters += now.text() instanceof FileText.Text text ? text.text().length() : 0;
        Known kept = characters <= CHARACTERS_MAX ? now : TOO_MUCH;
        next.put(file.getKey(), kept);
        seen.put(file.getKey(), new SeenFile(kept.print(), kept.text()));
      }
    }
    known = next;
    return seen;
  }

  /** What stands in the way, in words that need no Java. */
  public static String why(IOException failure) {
    return switch (failure) {
      case AccessDeniedException denied -> "permission denied";
      case NoSuchFileException missing -> "missing";
      case NotDirectoryException other -> "not a directory";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> failure.toString();
    };
  }

  /** How many files were not read last time, for there are more than {@link #FILES_MAX}. */
  public int unread() {
    return left;
  }

  private SortedMap<String, Path> files() throws IOException {
    SortedMap<String, Path> files = new TreeMap<>();
    left = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (isManifest(name)) {
          files.put(name, entry);
        }
        if (files.size() > FILES_MAX) {
          files.remove(files.lastKey());
          left++;
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return files;
  }

  private static boolean isManifest(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !name.startsWith(".")
        && (lower.endsWith(".yaml") || lower.endsWith(".yml") || lower.endsWith(".json"));
  }

  /** Null when there is nothing of that name, not even a link to nothing. */
  private @Nullable Known file(Path path, @Nullable Known before) {
    try {
      Map<String, Object> attributes = Files.readAttributes(path, ATTRIBUTES);
      if (!Boolean.TRUE.equals(attributes.get("isRegularFile"))) {
        return unreadable(
            Boolean.TRUE.equals(attributes.get("isDirectory"))
                ? "a directory"
                : "a pipe, socket or device",
            "a file; what was last read of this name stays in force, remove it to take that away");
      }
      Print print = Print.of(attributes);
      if (before != null && before.settled() && before.print().equals(print)) {
        return before;
      }
      boolean settled = print.changed().toInstant().isBefore(clock.instant().minus(SETTLE));
      return new Known(print, settled, content(path));
    } catch (NoSuchFileException e) {
      return Files.isSymbolicLink(path)
          ? unreadable(
              "a link to nothing",
              "a link to a file; what was last read of it stays in force, remove the link to take"
                  + " that away")
          : null;
    } catch (IOException e) {
      return unreadable(
          why(e), "a file that the agent may read; what was last read of it stays in force");
    }
  }

  private static Known unreadable(String value, String expected) {
    return new Known(NOTHING, false, new FileText.Unreadable(value, expected));
  }

  private static FileText content(Path path) throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(path)) {
      bytes = in.readNBytes(FILE_BYTES_MAX + 1);
    }
    if (bytes.length > FILE_BYTES_MAX) {
      return new FileText.Unreadable(
          "more than " + FILE_BYTES_MAX + " bytes", "at most so many; split the file");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.indexOf('\0') < 0
          ? new FileText.Text(text)
          : new FileText.Unreadable("zero bytes, as UTF-16 has", "text in UTF-8");
    } catch (CharacterCodingException e) {
      return new FileText.Unreadable("bytes that are not UTF-8", "text in UTF-8");
    }
  }

  private record Known(Print print, boolean settled, FileText text) {}

  /** What tells one version of a file from the next without reading it. */
  private record Print(@Nullable Object inode, FileTime changed, long size) {
    static Print of(Map<String, Object> attributes) {
      return new Print(
          attributes.get("fileKey"),
          (FileTime) Objects.requireNonNull(attributes.get("ctime"), "ctime"),
          (Long) Objects.requireNonNull(attributes.get("size"), "size"));
    }
  }
}
