package io.sluice.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * Chooses ports for listeners. Not from the ephemeral range: an app's outgoing connection could
 * have the port at that moment, and what it dials back to would then reach us.
 *
 * @param ephemeralFirst first port of the ephemeral range
 * @param ephemeralLast last port of the ephemeral range
 */
record ListenerPorts(int ephemeralFirst, int ephemeralLast) {
  /** So many ports above the ephemeral range are enough to find a free one. */
  private static final int ENOUGH_ABOVE = 1_000;

  /**
   * Above the ports that servers and databases like; a listener of ours would keep an app from
   * binding its own.
   */
  private static final int FIRST = 15_100;

  private static final int LAST = 65_535;
  private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

  private static final int RANGE_BYTES_MAX = 64;

  /** Linux's default range. */
  static final ListenerPorts LINUX_DEFAULT = new ListenerPorts(32_768, 60_999);

  /** The range of this machine; Linux's default where it can't be read. */
  static ListenerPorts ofThisMachine() {
    // Not by Files.readString: its first read asks for one byte, and a sysctl gives no more after
    // that.
    try (InputStream in = Files.newInputStream(RANGE)) {
      return parse(new String(in.readNBytes(RANGE_BYTES_MAX), StandardCharsets.US_ASCII));
    } catch (IOException | NumberFormatException e) {
      return LINUX_DEFAULT;
    }
  }

  static ListenerPorts parse(String range) {
    String[] ends = range.strip().split("\\s+");
    if (ends.length != 2) {
      throw new NumberFormatException(
          "ip_local_port_range: '" + range + "' (expected: two numbers)");
    }
    return new ListenerPorts(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]));
  }

  /**
   * A port outside the ephemeral range, above it where there is room, for apps like the numbers
   * below; 0, the kernel's choice, where the range leaves none.
   */
  int next(RandomGenerator random) {
    int aboveFirst = Math.max(FIRST, ephemeralLast + 1);
    int above = Math.max(0, LAST + 1 - aboveFirst);
    int below = above >= ENOUGH_ABOVE ? 0 : Math.max(0, Math.min(ephemeralFirst, LAST + 1) - FIRST);
    if (below + above == 0) {
      return 0;
    }
    int at = random.nextInt(below + above);
    return at < below ? FIRST + at : aboveFirst + at - below;
  }
}
