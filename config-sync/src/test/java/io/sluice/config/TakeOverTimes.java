package io.sluice.config;

import static io.sluice.config.WatchedDirectory.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Measures how long a change takes from its last write until it is in force: {@code TakeOverTimes
 * OTHER_FILES TIMES}. No test: figures of a machine prove nothing on another.
 */
final class TakeOverTimes {
  private final WatchedDirectory directory;
  private final int times;
  private int number;

  private TakeOverTimes(WatchedDirectory directory, int times) {
    this.directory = directory;
    this.times = times;
  }

  public static void main(String[] args) throws IOException {
    Path path = Files.createTempDirectory("sluice-times");
    for (int other = 0; other < Integer.parseInt(args[0]); other++) {
      Files.writeString(
          path.resolve("o%05d.yaml".formatted(other)),
          service("o" + other, "10.9.%d.%d".formatted(other / 250, other % 250)));
    }
    try (WatchedDirectory directory = new WatchedDirectory(path)) {
      long start = System.nanoTime();
      directory.start();
      System.out.printf("first reading: %d ms%n", (System.nanoTime() - start) / 1_000_000);
      new TakeOverTimes(directory, Integer.parseInt(args[1])).all();
    }
  }

  private void all() {
    measure("written in place", n -> directory.write("web.yaml", text(n)));
    measure("renamed", n -> directory.rename("web.yaml", text(n)));
    measure("without its last newline", n -> directory.write("web.yaml", text(n).strip()));
    measure("behind a swapped link", this::swap);
  }

  private void measure(String what, IntConsumer change) {
    long[] micros = new long[times];
    for (int time = 0; time < times; time++) {
      int marker = ++number;
      change.accept(marker);
      long written = System.nanoTime();
      while (!directory.has(ip(marker))) {
        LockSupport.parkNanos(200_000);
      }
      micros[time] = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - written);
    }
    Arrays.sort(micros);
    System.out.printf(
        "%-26s p50 %.1f ms, max %.1f ms of %d%n",
        what, micros[times / 2] / 1e3, micros[times - 1] / 1e3, times);
  }

  private void swap(int marker) {
    WatchedDirectory.run(() -> {
      Path data = Files.createDirectory(directory.path("..data-" + marker));
      Files.writeString(data.resolve("web.yaml"), text(marker));
      Files.createSymbolicLink(directory.path("..tmp"), data.getFileName());
      Files.move(directory.path("..tmp"), directory.path("..data"), StandardCopyOption.ATOMIC_MOVE);
      if (!Files.isSymbolicLink(directory.path("web.yaml"))) {
        Files.delete(directory.path("web.yaml"));
        Files.createSymbolicLink(directory.path("web.yaml"), Path.of("..data", "web.yaml"));
      }
    });
  }

  private static String text(int number) {
    return service("web", ip(number));
  }

  private static String ip(int number) {
    return "10.8.%d.%d".formatted(number / 250, number % 250);
  }
}
