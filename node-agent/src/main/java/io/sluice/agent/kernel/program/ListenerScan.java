package io.sluice.agent.kernel.program;

import io.sluice.agent.kernel.abi.ListeningMap;
import io.sluice.agent.kernel.abi.ListeningPort;
import io.sluice.agent.kernel.ffi.Errno;
import io.sluice.agent.kernel.ffi.KernelFault;
import io.sluice.agent.kernel.ffi.SockDiag;
import io.sluice.agent.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

/**
 * Finds the ports on which a pod listens: those from before the enrolment, and what the hooks could
 * not see. Asks by {@code sock_diag}, some 20 µs; {@code /proc/net/tcp} walks the connections of
 * the whole machine, 5-20 ms each time, and is read only if this kernel has no {@code tcp_diag}.
 *
 * <p>That file does not tell whether a listener on {@code ::} is IPv6-only, so there it counts for
 * IPv4, too: an IPv4 client is then accepted by the proxy and reset.
 */
final class ListenerScan {
  private static final Path TCP = Path.of("/proc/thread-self/net/tcp");
  private static final Path TCP6 = Path.of("/proc/thread-self/net/tcp6");
  private static final String LISTEN = "0A";
  private static final int LOCAL = 1;
  private static final int STATE = 3;
  private static final InetAddress ANY4 = InetAddress.ofLiteral("0.0.0.0");

  private ListenerScan() {}

  /**
   * Makes the map say what the kernel says. A port that is opened while this runs is counted by
   * sockops; should it be taken out with a stale entry of the same port, the second look puts it
   * back.
   *
   * @param own whether a port is one of the proxy's listeners
   */
  static void reconcile(ListeningMap map, NetworkNamespace namespace, IntPredicate own) {
    reconcile(map, () -> namespace.call(ListenerScan::read), own);
  }

  static void reconcile(
      ListeningMap map, Supplier<Set<ListeningPort>> listeners, IntPredicate own) {
    Set<ListeningPort> known = map.ports();
    Set<ListeningPort> listening = without(own, listeners.get());
    listening.forEach(map::putScanned);
    known.removeAll(listening);
    if (!known.isEmpty()) {
      known.forEach(map::remove);
      without(own, listeners.get()).forEach(map::putScanned);
    }
  }

  private static Set<ListeningPort> without(IntPredicate own, Set<ListeningPort> found) {
    found.removeIf(port -> own.test(port.port()));
    return found;
  }

  private static Set<ListeningPort> read() {
    try {
      return ofSockets(SockDiag.listeners());
    } catch (KernelFault fault) {
      if (fault.errno() == Errno.ENOENT) {
        return readProc();
      }
      throw fault;
    }
  }

  private static Set<ListeningPort> ofSockets(List<SockDiag.Listener> sockets) {
    Set<ListeningPort> found = new HashSet<>();
    for (SockDiag.Listener socket : sockets) {
      add(socket.address(), socket.port(), socket.v6only(), found);
    }
    return found;
  }

  private static Set<ListeningPort> readProc() {
    try {
      Set<ListeningPort> found = parse(Files.readString(TCP));
      if (Files.exists(TCP6)) {
        found.addAll(parse(Files.readString(TCP6)));
      }
      return found;
    } catch (IOException e) {
      throw new KernelFault(TCP + " can't be read: maybe /proc is not mounted", e);
    }
  }

  static Set<ListeningPort> parse(String table) {
    Set<ListeningPort> found = new HashSet<>();
    for (String line : table.lines().skip(1).toList()) {
      String[] fields = line.strip().split("\\s+");
      if (fields.length > STATE && fields[STATE].equals(LISTEN)) {
        addLine(fields[LOCAL], found);
      }
    }
    return found;
  }

  private static void addLine(String end, Set<ListeningPort> found) {
    int colon = end.indexOf(':');
    int port = Integer.parseInt(end.substring(colon + 1), 16);
    add(address(end.substring(0, colon)), port, false, found);
  }

  private static void add(InetAddress address, int port, boolean v6only, Set<ListeningPort> found) {
    found.add(new ListeningPort(address, port));
    if (address.isAnyLocalAddress() && !v6only) {
      found.add(new ListeningPort(ANY4, port));
    }
  }

  /** Words of 32 bits, each printed in the machine's order. */
  private static InetAddress address(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    ByteBuffer words = ByteBuffer.wrap(bytes);
    ByteBuffer out = ByteBuffer.allocate(bytes.length).order(ByteOrder.nativeOrder());
    while (words.hasRemaining()) {
      out.putInt(words.getInt());
    }
    try {
      return InetAddress.getByAddress(out.array());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("address: " + hex + " (expected: 8 or 32 hex digits)", e);
    }
  }
}
