package io.sluice.agent.kernel.ffi;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What libbpf says during one load: all of it for a file, the end of it for the message. */
final class BpfLog {
  /** Of one message; libbpf hands over the verifier's log in one. */
  private static final int MESSAGE_BYTES_MAX = 1 << 20;

  private static final int LOG_BYTES_MAX = 16 << 20;
  private static final int SUMMARY_LINES = 6;
  private static final int LIBBPF_DEBUG = 2;

  private final StringBuilder text = new StringBuilder();

  /** libbpf's callback: never throws, for its caller is C. */
  int print(int level, MemorySegment format, MemorySegment arguments) {
    if (level >= LIBBPF_DEBUG || text.length() >= LOG_BYTES_MAX) {
      return 0;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(MESSAGE_BYTES_MAX);
      int length = Libc.vsnprintf(out, format, arguments);
      int size = Math.clamp(length, 0, MESSAGE_BYTES_MAX - 1);
      byte[] bytes = out.asSlice(0, size).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
      text.append(new String(bytes, StandardCharsets.UTF_8));
      return size;
    } catch (RuntimeException | Error e) {
      return 0;
    }
  }

  KernelFault fault(String call, String object, int errno, Path directory) {
    return new KernelFault(
        call, object, errno, "libbpf says: " + summary(text.toString()) + keep(object, directory));
  }

  /**
   * The last lines before the end of the verifier's log: the refused instruction and the reason.
   */
  static String summary(String log) {
    List<String> lines = log.lines().map(String::strip).filter(BpfLog::tells).toList();
    Deque<String> last = new ArrayDeque<>();
    int end = lines.size();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("processed ")) {
        end = i;
        break;
      }
    }
    for (int i = end - 1; i >= 0 && last.size() < SUMMARY_LINES; i--) {
      last.addFirst(lines.get(i));
    }
    return last.isEmpty() ? "nothing" : String.join(" | ", last);
  }

  private static boolean tells(String line) {
    return !line.isEmpty() && !line.contains("PROG LOAD LOG");
  }

  private String keep(String object, Path directory) {
    if (text.isEmpty()) {
      return "";
    }
    try {
      Path file = Files.createTempFile(directory, "sluice-" + object + "-", ".log");
      Files.writeString(file, text);
      return "; the whole log: " + file;
    } catch (IOException e) {
      return "; the whole log could not be kept in " + directory + ": " + e.getMessage();
    }
  }
}
