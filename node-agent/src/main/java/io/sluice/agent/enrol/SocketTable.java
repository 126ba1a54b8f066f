package io.sluice.agent.enrol;

import io.sluice.agent.kernel.program.AppConnection;
import io.sluice.agent.netns.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code /proc/net/tcp} and {@code tcp6}, on a kernel that was built without {@code
 * tcp_diag}: tens of milliseconds, and it can't tell the agent's own sockets.
 */
final class SocketTable {

  private static final Path TCP = Path.of("/proc/thread-self/net/tcp");
  private static final Path TCP6 = Path.of("/proc/thread-self/net/tcp6");
  private static final String ESTABLISHED = "01";

  // Columns of a line, split at white space.
  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private SocketTable() {}

  /**
   * The established connections of a namespace. Blocks for the read of two files.
   *
   * @throws UncheckedIOException when {@code /proc} can't be read
   */
  static List<AppConnection> of(NetworkNamespace namespace) {
    return established(namespace.call(SocketTable::linesOfThisThread));
  }

  private static List<String> linesOfThisThread() {
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(TCP));
      if (Files.exists(TCP6)) {
        lines.addAll(Files.readAllLines(TCP6));
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(TCP + " can't be read: maybe /proc is not mounted", e);
    }
  }

  static List<AppConnection> established(List<String> lines) {
    return lines.stream().flatMap(line -> connection(line).stream()).toList();
  }

  private static Optional<AppConnection> connection(String line) {
    String[] columns = line.strip().split("\\s+");
    if (columns.length <= INODE || !columns[STATE].equals(ESTABLISHED)) {
      return Optional.empty();
    }
    return Optional.of(
        new AppConnection(
            Long.parseLong(columns[INODE]), address(columns[LOCAL]), address(columns[REMOTE])));
  }

  /** The kernel prints an address as 32-bit words in the machine's byte order. */
  private static InetSocketAddress address(String hex) {
    int colon = hex.indexOf(':');
    ByteBuffer words = ByteBuffer.wrap(HexFormat.of().parseHex(hex.substring(0, colon)));
    ByteBuffer bytes = ByteBuffer.allocate(words.capacity()).order(ByteOrder.nativeOrder());
    while (words.hasRemaining()) {
      bytes.putInt(words.getInt());
    }
    try {
      InetAddress host = InetAddress.getByAddress(bytes.array());
      return new InetSocketAddress(host, Integer.parseInt(hex.substring(colon + 1), 16));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "address: " + hex + " (expected: 8 or 32 hexadecimal digits and a port)", e);
    }
  }
}
