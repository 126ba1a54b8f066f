package io.sluice.agent.enrol;

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

/** Reads {@code /proc/net/tcp} and {@code tcp6}. */
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
   * An established connection.
   *
   * @param inode the socket's; unique while the socket lives
   */
  record Connection(long inode, InetSocketAddress local, InetSocketAddress remote) {
    /** {@code 10.0.0.1:40000 -> 10.0.0.2:80}. */
    String text() {
      return text(local) + " -> " + text(remote);
    }

    private static String text(InetSocketAddress address) {
      String host = address.getAddress().getHostAddress();
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    private boolean isLoopback() {
      return local.getAddress().isLoopbackAddress() || remote.getAddress().isLoopbackAddress();
    }
  }

  /**
   * The established connections of a namespace. Blocks for the read of two files.
   *
   * @throws UncheckedIOException when {@code /proc} can't be read
   */
  static List<Connection> of(NetworkNamespace namespace) {
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

  /**
   * Established connections that leave the pod or come into it; loopback is left out, because it is
   * never steered.
   */
  static List<Connection> established(List<String> lines) {
    List<Connection> connections = new ArrayList<>();
    for (String line : lines) {
      connection(line).filter(each -> !each.isLoopback()).ifPresent(connections::add);
    }
    return connections;
  }

  private static Optional<Connection> connection(String line) {
    String[] columns = line.strip().split("\\s+");
    if (columns.length <= INODE || !columns[STATE].equals(ESTABLISHED)) {
      return Optional.empty();
    }
    return Optional.of(
        new Connection(
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
