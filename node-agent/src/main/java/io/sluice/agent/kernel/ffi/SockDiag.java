package io.sluice.agent.kernel.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * TCP sockets of the thread's network namespace, by netlink: {@code linux/inet_diag.h}. Unlike
 * {@code /proc/net/tcp} it looks only at those that are asked for, and tells which of them have an
 * entry in a map of the kind {@code SK_STORAGE}.
 */
public final class SockDiag {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int NETLINK_SOCK_DIAG = 4;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int IPPROTO_TCP = 6;
  private static final int ESTABLISHED = 1;
  private static final int SYN_SENT = 2;
  private static final int FIN_WAIT1 = 4;
  private static final int FIN_WAIT2 = 5;
  private static final int CLOSE_WAIT = 8;
  private static final int LISTEN = 10;
  private static final int STATES_LISTEN = 1 << LISTEN;
  private static final int STATES_OPEN =
      1 << ESTABLISHED | 1 << SYN_SENT | 1 << FIN_WAIT1 | 1 << FIN_WAIT2 | 1 << CLOSE_WAIT;

  private static final short SOCK_DIAG_BY_FAMILY = 20;
  private static final short DUMP_REQUEST = 0x301;
  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int HEADER_BYTES = 16;

  private static final int REQUEST_BYTES = HEADER_BYTES + 56;
  private static final int REQUEST_FAMILY = HEADER_BYTES;
  private static final int REQUEST_PROTOCOL = HEADER_BYTES + 1;
  private static final int REQUEST_STATES = HEADER_BYTES + 4;

  /** Asks for the entries in one map: an attribute in an attribute. */
  private static final int STORAGES_BYTES = 12;

  private static final short REQ_SK_BPF_STORAGES = (short) (2 | 1 << 15);
  private static final short REQ_MAP_FD = 1;
  private static final int NO_MAP = -1;

  private static final int ANSWER_BYTES = HEADER_BYTES + 72;
  private static final int ANSWER_FAMILY = HEADER_BYTES;
  private static final int ANSWER_STATE = HEADER_BYTES + 1;
  private static final int ANSWER_PORT = HEADER_BYTES + 4;
  private static final int ANSWER_REMOTE_PORT = HEADER_BYTES + 6;
  private static final int ANSWER_ADDRESS = HEADER_BYTES + 8;
  private static final int ANSWER_REMOTE_ADDRESS = HEADER_BYTES + 24;
  private static final int ANSWER_COOKIE = HEADER_BYTES + 44;
  private static final int ANSWER_INODE = HEADER_BYTES + 68;
  private static final int ATTRIBUTE_HEADER_BYTES = 4;
  private static final int SKV6ONLY = 11;
  private static final int SK_BPF_STORAGES = 20;
  private static final int TYPE_MASK = 0x3fff;

  /** The kernel fills at most this in one message of a dump. */
  private static final int BUFFER_BYTES = 1 << 16;

  private SockDiag() {}

  /**
   * @param address any-local for all addresses of its family
   * @param port 1..65535
   * @param v6only takes no IPv4 connections, though its address is ::
   */
  public record Listener(InetAddress address, int port, boolean v6only) {}

  /**
   * An open connection: the app has its socket, or will have it when it accepts.
   *
   * @param cookie of the socket, never used for another one
   * @param stored whether it has an entry in the map that was asked for
   */
  public record Connection(
      long cookie, InetSocketAddress local, InetSocketAddress remote, boolean stored) {}

  /**
   * All listeners of the namespace in which the calling thread is, for that moment.
   *
   * @throws KernelFault with ENOENT if the kernel was built without {@code tcp_diag}
   */
  public static List<Listener> listeners() {
    List<Listener> found = new ArrayList<>();
    dump(STATES_LISTEN, NO_MAP, message -> found.add(listener(message)));
    return found;
  }

  /**
   * All open connections of that namespace. Not among them: those that only the kernel still keeps
   * (TIME_WAIT, or closed by the app). The kernel walks its table of all namespaces' connections:
   * milliseconds.
   *
   * @param map of the kind {@code SK_STORAGE}
   * @throws KernelFault with ENOENT if the kernel was built without {@code tcp_diag}
   */
  public static List<Connection> connections(BpfMap map) {
    List<Connection> found = new ArrayList<>();
    dump(
        STATES_OPEN,
        map.fd(),
        message -> {
          if (isHeld(message)) {
            found.add(connection(message));
          }
        });
    return found;
  }

  private static void dump(int states, int mapFd, Consumer<MemorySegment> each) {
    int fd = Libc.socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
      for (int family : new int[] {AF_INET, AF_INET6}) {
        Libc.send(fd, request(family, states, mapFd, arena));
        boolean more = true;
        while (more) {
          more = read(buffer.asSlice(0, Libc.recv(fd, buffer)), each);
        }
      }
    } finally {
      Libc.close(fd);
    }
  }

  private static MemorySegment request(int family, int states, int mapFd, Arena arena) {
    int bytes = REQUEST_BYTES + (mapFd == NO_MAP ? 0 : STORAGES_BYTES);
    MemorySegment request = arena.allocate(bytes, Long.BYTES);
    request.set(JAVA_INT, 0, bytes);
    request.set(JAVA_SHORT, 4, SOCK_DIAG_BY_FAMILY);
    request.set(JAVA_SHORT, 6, DUMP_REQUEST);
    request.set(JAVA_BYTE, REQUEST_FAMILY, (byte) family);
    request.set(JAVA_BYTE, REQUEST_PROTOCOL, (byte) IPPROTO_TCP);
    request.set(JAVA_INT, REQUEST_STATES, states);
    if (mapFd != NO_MAP) {
      request.set(JAVA_SHORT, REQUEST_BYTES, (short) STORAGES_BYTES);
      request.set(JAVA_SHORT, REQUEST_BYTES + 2, REQ_SK_BPF_STORAGES);
      request.set(JAVA_SHORT, REQUEST_BYTES + 4, (short) (STORAGES_BYTES - ATTRIBUTE_HEADER_BYTES));
      request.set(JAVA_SHORT, REQUEST_BYTES + 6, REQ_MAP_FD);
      request.set(JAVA_INT, REQUEST_BYTES + 8, mapFd);
    }
    return request;
  }

  /** Reads the messages of one datagram; false after the last one of the dump. */
  private static boolean read(MemorySegment messages, Consumer<MemorySegment> each) {
    long at = 0;
    while (at + HEADER_BYTES <= messages.byteSize()) {
      int size = messages.get(JAVA_INT, at);
      if (size < HEADER_BYTES || at + size > messages.byteSize()) {
        throw new KernelFault("recv", "netlink message of " + size + " bytes", 0, "");
      }
      MemorySegment message = messages.asSlice(at, size);
      switch (message.get(JAVA_SHORT, 4)) {
        case NLMSG_DONE -> {
          return false;
        }
        case NLMSG_ERROR ->
            throw new KernelFault("sock_diag", "TCP", -message.get(JAVA_INT, HEADER_BYTES), "");
        case SOCK_DIAG_BY_FAMILY -> each.accept(message);
        default -> {} // nothing else is asked for
      }
      at += align(size);
    }
    return true;
  }

  private static Listener listener(MemorySegment message) {
    InetSocketAddress local = end(message, ANSWER_ADDRESS, ANSWER_PORT);
    return new Listener(local.getAddress(), local.getPort(), isV6only(message));
  }

  /** An app has it: one without an inode that is not closed waits to be accepted. */
  private static boolean isHeld(MemorySegment message) {
    int state = message.get(JAVA_BYTE, ANSWER_STATE);
    return state == ESTABLISHED || state == CLOSE_WAIT || message.get(JAVA_INT, ANSWER_INODE) != 0;
  }

  private static Connection connection(MemorySegment message) {
    return new Connection(
        message.get(JAVA_LONG_UNALIGNED, ANSWER_COOKIE),
        end(message, ANSWER_ADDRESS, ANSWER_PORT),
        end(message, ANSWER_REMOTE_ADDRESS, ANSWER_REMOTE_PORT),
        attribute(message, SK_BPF_STORAGES) >= 0);
  }

  private static InetSocketAddress end(MemorySegment message, long address, long port) {
    int bytes = message.get(JAVA_BYTE, ANSWER_FAMILY) == AF_INET ? 4 : 16;
    try {
      return new InetSocketAddress(
          InetAddress.getByAddress(message.asSlice(address, bytes).toArray(JAVA_BYTE)),
          Short.toUnsignedInt(Short.reverseBytes(message.get(JAVA_SHORT, port))));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are an address", e);
    }
  }

  private static boolean isV6only(MemorySegment message) {
    long at = attribute(message, SKV6ONLY);
    return at >= 0 && message.get(JAVA_BYTE, at + ATTRIBUTE_HEADER_BYTES) != 0;
  }

  /** Where an attribute begins; -1 if there is none of that type. */
  private static long attribute(MemorySegment message, int type) {
    long at = ANSWER_BYTES;
    while (at + ATTRIBUTE_HEADER_BYTES < message.byteSize()) {
      int size = Short.toUnsignedInt(message.get(JAVA_SHORT, at));
      if ((message.get(JAVA_SHORT, at + 2) & TYPE_MASK) == type) {
        return at;
      }
      at += align(Math.max(size, ATTRIBUTE_HEADER_BYTES));
    }
    return -1;
  }

  private static long align(int size) {
    return (size + 3) & ~3;
  }
}
