package io.sluice.agent.testbed;

import io.sluice.agent.kernel.ffi.BpfMap;
import io.sluice.agent.kernel.ffi.LibBpf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a process holds of the machine: open files by kind, entries of its BPF maps, threads, and
 * after a full collection its heap and its objects.
 *
 * @param files kind, as in {@code socket} or {@code bpf-map}, to how many are open
 * @param entries a BPF map's name to how many entries it has
 * @param threads of the process
 * @param heapBytes that live objects take
 * @param objects class of Sluice or of Netty's channels to how many live
 */
public record Footprint(
    Map<String, Integer> files,
    Map<String, Integer> entries,
    int threads,
    long heapBytes,
    Map<String, Integer> objects) {

  /** Maps of maps, hashes and socket hashes can be walked; arrays and socket storage can't. */
  private static final List<Integer> WALKED_TYPES = List.of(1, 13, 18);

  private static final int ENTRIES_MAX = 100_000;
  private static final Pattern HISTOGRAM_LINE =
      Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+([\\w.$]+).*");
  private static final Pattern HISTOGRAM_TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

  /** Looks at a process of a JVM; collects its garbage. */
  public static Footprint of(long pid) {
    String histogram = histogram(pid);
    return new Footprint(
        files(pid), entries(pid), threads(pid), heapBytes(histogram), objects(histogram));
  }

  public int open(String kind) {
    return files.getOrDefault(kind, 0);
  }

  public int live(String simpleName) {
    return objects.entrySet().stream()
        .filter(each -> each.getKey().endsWith("." + simpleName))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  private static Map<String, Integer> files(long pid) {
    Map<String, Integer> kinds = new TreeMap<>();
    forEachDescriptor(
        pid,
        descriptor -> {
          String target = Files.readSymbolicLink(descriptor).toString();
          String kind =
              target.startsWith("anon_inode:")
                  ? target.substring("anon_inode:".length())
                  : target.startsWith("/") ? "file" : target.replaceAll(":.*", "");
          kinds.merge(kind, 1, Integer::sum);
        });
    return kinds;
  }

  private static Map<String, Integer> entries(long pid) {
    LibBpf.find();
    Map<String, Integer> entries = new TreeMap<>();
    forEachDescriptor(
        pid,
        descriptor -> {
          Path info = descriptor.resolveSibling("../fdinfo").resolve(descriptor.getFileName());
          String text = Files.readString(info.normalize());
          if (text.contains("map_id:") && WALKED_TYPES.contains(number(text, "map_type"))) {
            int id = number(text, "map_id");
            BpfMap.openById("map " + id, id)
                .ifPresent(map ->
                    entries.merge(
                        number(text, "map_type")
                            + "/"
                            + number(text, "max_entries")
                            + "/"
                            + number(text, "key_size"),
                        count(map, number(text, "key_size")),
                        Integer::sum));
          }
        });
    return entries;
  }

  private static int count(BpfMap map, int keyBytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = MemorySegment.NULL;
      MemorySegment next = arena.allocate(keyBytes, Long.BYTES);
      int count = 0;
      while (count < ENTRIES_MAX && map.nextKey(key, next)) {
        key = arena.allocate(keyBytes, Long.BYTES).copyFrom(next);
        count++;
      }
      return count;
    } finally {
      map.close();
    }
  }

  private static int number(String fdinfo, String name) {
    Matcher matcher = Pattern.compile(name + ":\\s+(\\d+)").matcher(fdinfo);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  private static int threads(long pid) {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
      return (int) tasks.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String histogram(long pid) {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    // The first one frees what only a cleaner or a reference queue can; the second one counts.
    run(jcmd, "" + pid, "GC.run");
    return run(jcmd, "" + pid, "GC.class_histogram");
  }

  /**
   * Into a file: while its heap is walked this very process may be at a stop, and would not empty a
   * pipe.
   */
  private static String run(String... command) {
    try {
      Path out = Files.createTempFile("sluice-t", ".out");
      try {
        Process process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        if (process.waitFor() != 0) {
          throw new AssertionError(String.join(" ", command) + ": " + Files.readString(out));
        }
        return Files.readString(out);
      } finally {
        Files.delete(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long heapBytes(String histogram) {
    Matcher total = HISTOGRAM_TOTAL.matcher(histogram);
    if (!total.find()) {
      throw new AssertionError("no line 'Total' in the class histogram: " + histogram);
    }
    return Long.parseLong(total.group(1));
  }

  private static Map<String, Integer> objects(String histogram) {
    Map<String, Integer> objects = new TreeMap<>();
    histogram
        .lines()
        .map(HISTOGRAM_LINE::matcher)
        .filter(Matcher::matches)
        .filter(line ->
            line.group(2).startsWith("io.sluice.") || line.group(2).startsWith("io.netty.channel."))
        .forEach(
            line -> objects.merge(line.group(2), Integer.parseInt(line.group(1)), Integer::sum));
    return objects;
  }

  /** Descriptors come and go meanwhile. */
  private static void forEachDescriptor(long pid, Look look) {
    try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path descriptor : all.toList()) {
        try {
          look.at(descriptor);
        } catch (NoSuchFileException e) {
          continue; // closed in between
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Look {
    void at(Path descriptor) throws IOException;
  }
}
