package io.sluice.agent.kernel.abi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** {@code struct sl_addr}: 16 bytes in network order, IPv4 as {@code ::ffff:a.b.c.d}. */
final class Addresses {
  static final int BYTES = 16;

  private static final int IP4_OFFSET = 12;
  private static final long DST_ADDR = Layouts.offset(Layouts.DST, "addr");
  private static final long DST_PORT = Layouts.offset(Layouts.DST, "port");

  private Addresses() {}

  static void write(MemorySegment to, long offset, InetAddress address) {
    byte[] bytes = address.getAddress();
    MemorySegment at = to.asSlice(offset, BYTES);
    at.fill((byte) 0);
    if (bytes.length == BYTES) {
      at.copyFrom(MemorySegment.ofArray(bytes));
      return;
    }
    at.set(JAVA_BYTE, IP4_OFFSET - 2, (byte) 0xff);
    at.set(JAVA_BYTE, IP4_OFFSET - 1, (byte) 0xff);
    at.asSlice(IP4_OFFSET, bytes.length).copyFrom(MemorySegment.ofArray(bytes));
  }

  /** An IPv4 address if it is v4-mapped. */
  static InetAddress read(MemorySegment from, long offset) {
    byte[] bytes = from.asSlice(offset, BYTES).toArray(JAVA_BYTE);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("16 bytes are an address", e);
    }
  }

  static void writeDst(MemorySegment to, long offset, InetSocketAddress address) {
    write(to, offset + DST_ADDR, address.getAddress());
    to.set(JAVA_SHORT, offset + DST_PORT, (short) address.getPort());
  }

  static InetSocketAddress readDst(MemorySegment from, long offset) {
    int port = Short.toUnsignedInt(from.get(JAVA_SHORT, offset + DST_PORT));
    return new InetSocketAddress(read(from, offset + DST_ADDR), port);
  }
}
