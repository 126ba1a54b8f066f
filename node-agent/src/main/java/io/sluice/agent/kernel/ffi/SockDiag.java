package io.sluice.agent.kernel.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Listening TCP sockets of the thread's network namespace, by netlink: {@code linux/inet_diag.h}.
 * Unlike {@code /proc/net/tcp} it looks at listeners only.
 */
public final class SockDiag {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int NETLINK_SOCK_DIAG = 4;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int IPPROTO_TCP = 6;
  private static final int STATES_LISTEN = 1 << 10;

  private static final short SOCK_DIAG_BY_FAMILY = 20;
  private static final short DUMP_REQUEST = 0x301;
  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int HEADER_BYTES = 16;

  private static final int REQUEST_BYTES = HEADER_BYTES + 56;
  private static final int REQUEST_FAMILY = HEADER_BYTES;
  private static final int REQUEST_PROTOCOL = HEADER_BYTES + 1;
  private static final int REQUEST_STATES = HEADER_BYTES + 4;

  private static final int ANSWER_BYTES = HEADER_BYTES + 72;
  private static final int ANSWER_FAMILY = HEADER_BYTES;
  private static final int ANSWER_PORT = HEADER_BYTES + 4;
  private static final int ANSWER_ADDRESS = HEADER_BYTES + 8;
  private static final int ATTRIBUTE_HEADER_BYTES = 4;
  private static final int SKV6ONLY = 11;

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
   * All listeners of the namespace in which the calling thread is, for that moment.
   *
   * @throws KernelFault with ENOENT if the kernel was built without {@code tcp_diag}
   */
  public static List<Listener> listeners() {
    List<Listener> found = new ArrayList<>();
    int fd = Libc.socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(BUFFER_BYTES, Long.BYTES);
      for (int family : new int[] {AF_INET, AF_INET6}) {
        Libc.send(fd, request(family, arena));
        boolean more = true;
        while (more) {
          more = read(buffer.asSlice(0, Libc.recv(fd, buffer)), found);
        }
      }
    } finally {
      Libc.close(fd);
    }
    return found;
  }

  private static MemorySegment request(int family, Arena arena) {
    MemorySegment request = arena.allocate(REQUEST_BYTES, Long.BYTES);
    request.set(JAVA_INT, 0, REQUEST_BYTES);
    request.set(JAVA_SHORT, 4, SOCK_DIAG_BY_FAMILY);
    request.set(JAVA_SHORT, 6, DUMP_REQUEST);
    request.set(JAVA_BYTE, REQUEST_FAMILY, (byte) family);
    request.set(JAVA_BYTE, REQUEST_PROTOCOL, (byte) IPPROTO_TCP);
    request.set(JAVA_INT, REQUEST_STATES, STATES_LISTEN);
    return request;
  }

  /** Reads the messages of one datagram; false after the last one of the dump. */
  static boolean read(MemorySegment messages, List<Listener> found) {
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
        case SOCK_DIAG_BY_FAMILY -> found.add(listener(message));
        default -> {} // nothing else is asked for
      }
      at += align(size);
    }
    return true;
  }

  private static Listener listener(MemorySegment message) {
    int port = Short.toUnsignedInt(Short.reverseBytes(message.get(JAVA_SHORT, ANSWER_PORT)));
    int bytes = message.get(JAVA_BYTE, ANSWER_FAMILY) == AF_INET ? 4 : 16;
    byte[] address = message.asSlice(ANSWER_ADDRESS, bytes).toArray(JAVA_BYTE);
    try {
      return new Listener(InetAddress.getByAddress(address), port, isV6only(message));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are an address", e);
    }
  }

  private static boolean isV6only(MemorySegment message) {
    long at = ANSWER_BYTES;
    while (at + ATTRIBUTE_HEADER_BYTES < message.byteSize()) {
      int size = Short.toUnsignedInt(message.get(JAVA_SHORT, at));
      if (message.get(JAVA_SHORT, at + 2) == SKV6ONLY) {
        return message.get(JAVA_BYTE, at + ATTRIBUTE_HEADER_BYTES) != 0;
      }
      at += align(Math.max(size, ATTRIBUTE_HEADER_BYTES));
    }
    return false;
  }

  private static long align(int size) {
    return (size + 3) & ~3;
  }
}
