package io.sluice.proxy.doors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The files by which a pod sees names. One instance a pod, called by one of the {@code
 * sluice-files} threads at a time, again and again, because files change: unlike the other doors it
 * may block for a read.
 */
public interface ResolverFiles {
  /** What longer files have beyond it is not read: they are refused. */
  int BYTES_MAX = 64 * 1024;

  /** The machine's own. */
  ResolverFiles MACHINE = at(Path.of("/etc/resolv.conf"), Path.of("/etc/hosts"));

  /**
   * See resolv.conf(5).
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   * @throws IOException when it can't be read as it is now
   */
  Text resolvConf() throws IOException;

  /**
   * See hosts(5). Errors as with {@link #resolvConf}: without the file there are no such names.
   *
   * @throws IOException when it can't be read as it is now
   */
  Text hosts() throws IOException;

  /**
   * @param place as people would name the file
   * @param content at most {@link #BYTES_MAX} bytes were decoded; written by strangers
   * @param machines whether it is the machine's own file, so that loopback in it is the machine's
   */
  record Text(String place, String content, boolean machines) {
    public Text {
      Objects.requireNonNull(place, "place");
      Objects.requireNonNull(content, "content");
    }

    /**
     * Reads a file that the machine's owner wrote, which may be a link to one.
     *
     * @param machines see {@link Text}
     */
    public static Text of(Path file, boolean machines) throws IOException {
      // The attributes of a missing file say so; and the open of a FIFO would wait for a writer.
      if (!Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class)
          .isRegularFile()) {
        throw new IOException(file + " is no regular file");
      }
      return read(file.toString(), file, machines);
    }

    /** Reads what was found to be a regular file before. */
    public static Text read(String place, Path regular, boolean machines) throws IOException {
      if (Files.size(regular) == 0) {
        // The kernel's own files have no size, and some of them make readers wait: /proc/kmsg.
        return new Text(place, "", machines);
      }
      try (InputStream in = Files.newInputStream(regular)) {
        byte[] bytes = in.readNBytes(BYTES_MAX + 1);
        if (bytes.length > BYTES_MAX) {
          throw new IOException(place + " is too long (expected: <= " + BYTES_MAX + " bytes)");
        }
        return new Text(place, new String(bytes, StandardCharsets.UTF_8), machines);
      }
    }
  }

  /** Two files of the machine. */
  static ResolverFiles at(Path resolvConf, Path hosts) {
    return new ResolverFiles() {
      @Override
      public Text resolvConf() throws IOException {
        return Text.of(resolvConf, true);
      }

      @Override
      public Text hosts() throws IOException {
        return Text.of(hosts, true);
      }
    };
  }
}
