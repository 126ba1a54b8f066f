package io.sluice.agent.kernel.abi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.util.List;

/** The structs of sluice_abi.h, by their C names. */
final class Layouts {
  static final int OUT_PORTS6 = 4;
  static final int LISTENING_MAX = 1024;
  static final int PENDING_MAX = 8192;

  static final StructLayout ADDR =
      MemoryLayout.structLayout(MemoryLayout.sequenceLayout(4, JAVA_INT).withName("w"))
          .withName("sl_addr");

  static final StructLayout POD =
      MemoryLayout.structLayout(
              JAVA_INT.withName("flags"),
              JAVA_SHORT.withName("out_port4"),
              JAVA_SHORT.withName("pad0"),
              MemoryLayout.sequenceLayout(OUT_PORTS6, JAVA_SHORT).withName("out_port6"),
              ADDR.withName("ip4"),
              ADDR.withName("ip6"),
              JAVA_INT.withName("policy"),
              MemoryLayout.sequenceLayout(3, JAVA_INT).withName("reserved"))
          .withName("sl_pod");

  static final StructLayout DST =
      MemoryLayout.structLayout(
              ADDR.withName("addr"),
              JAVA_SHORT.withName("port"),
              JAVA_SHORT.withName("pad0"),
              JAVA_INT.withName("reserved"))
          .withName("sl_dst");

  static final StructLayout OWN =
      MemoryLayout.structLayout(
              JAVA_INT.withName("kind"), JAVA_INT.withName("straight"), DST.withName("shown"))
          .withName("sl_own");

  static final StructLayout TUPLE =
      MemoryLayout.structLayout(
              ADDR.withName("local"),
              ADDR.withName("remote"),
              JAVA_SHORT.withName("local_port"),
              JAVA_SHORT.withName("remote_port"))
          .withName("sl_tuple");

  static final StructLayout PENDING =
      MemoryLayout.structLayout(JAVA_INT.withName("kind"), DST.withName("what"))
          .withName("sl_pending");

  static final StructLayout STRAIGHT =
      MemoryLayout.structLayout(JAVA_INT.withName("passed")).withName("sl_straight");

  static final StructLayout PORT =
      MemoryLayout.structLayout(
              ADDR.withName("addr"), JAVA_SHORT.withName("port"), JAVA_SHORT.withName("pad0"))
          .withName("sl_port");

  static final StructLayout LISTEN =
      MemoryLayout.structLayout(JAVA_INT.withName("count"), JAVA_INT.withName("flags"))
          .withName("sl_listen");

  static final StructLayout POD_IP =
      MemoryLayout.structLayout(JAVA_LONG.withName("cookie")).withName("sl_pod_ip");

  /** All of them, for the layout test. */
  static final List<StructLayout> ALL =
      List.of(ADDR, POD, DST, OWN, TUPLE, PENDING, STRAIGHT, PORT, LISTEN, POD_IP);

  private Layouts() {}

  static long offset(StructLayout struct, String field) {
    return struct.byteOffset(PathElement.groupElement(field));
  }
}
