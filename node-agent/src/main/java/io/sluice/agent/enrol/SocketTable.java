package io.sluice.agent.enrol;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Reads {@code /proc/net/tcp} and {@code tcp6}. Pure. */
final class SocketTable {

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
