package io.sluice.proxy.detect;

import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * Finds the server name in a ClientHello, which is left as it is (RFC 8446 section 4.1.2, RFC 6066
 * section 3).
 *
 * <pre>
 *   record    16 03 0x  length(2)   a piece of the message     any number of records
 *   message   01  length(3)  version(2)  random(32)
 *             session id(1+n)  cipher suites(2+n)  compression(1+n)
 *             extensions(2+n), or nothing:   type(2)  length(2)  body ...
 *   type 0    names(2+n):   00  host name(2+n)
 * </pre>
 *
 * Whatever else a ClientHello may hold (GREASE, key shares of any size, an encrypted inner one) is
 * stepped over. The name is known as soon as its extension is there. Lengths that contradict each
 * other end the reading: TLS without a name. One object a look; nothing is copied but the name.
 */
final class ClientHello {
  /** A message that is longer, or more bytes with the records' headers than twice this: no name. */
  static final int MESSAGE_BYTES_MAX = 64 * 1024;

  private static final Optional<Detected> NAMELESS =
      Optional.of(new Detected.Tls(Optional.empty()));

  private static final int HANDSHAKE = 0x16;
  private static final int MAJOR = 3;
  private static final int RECORD_HEADER_BYTES = 5;
  private static final int RECORD_BYTES_MAX = 16 * 1024;
  private static final int CLIENT_HELLO = 1;
  private static final int MESSAGE_HEADER_BYTES = 4;
  private static final int VERSION_AND_RANDOM_BYTES = 2 + 32;
  private static final int SERVER_NAME = 0;
  private static final int HOST_NAME = 0;

  private enum Reading {
    GOES_ON,
    NEEDS_MORE,
    MALFORMED
  }

  private final ByteBuf bytes;
  private Reading reading = Reading.GOES_ON;
  private int at;
  private int leftInRecord;

  /** Of the message as far as its length is known. */
  private int left = MESSAGE_HEADER_BYTES;

  private ClientHello(ByteBuf bytes) {
    this.bytes = bytes;
    this.at = bytes.readerIndex();
  }

  /**
   * @param bytes all that has come so far, from the first record's header on; neither moved nor
   *     released
   * @return empty: more bytes are needed
   */
  static Optional<Detected> read(ByteBuf bytes) {
    ClientHello hello = new ClientHello(bytes);
    Optional<String> name = hello.serverName();
    if (name.isPresent()) {
      return Optional.of(new Detected.Tls(name));
    }
    boolean needsMore = hello.reading == Reading.NEEDS_MORE;
    return needsMore && bytes.readableBytes() <= 2 * MESSAGE_BYTES_MAX
        ? Optional.empty()
        : NAMELESS;
  }

  private Optional<String> serverName() {
    expect(u8() == CLIENT_HELLO);
    int length = u8() << 16 | u16();
    expect(length <= MESSAGE_BYTES_MAX);
    left = length;
    skip(VERSION_AND_RANDOM_BYTES);
    skip(u8());
    skip(u16());
    skip(u8());
    if (left == 0) {
      return Optional.empty();
    }
    expect(u16() == left);
    return inExtensions();
  }

  private Optional<String> inExtensions() {
    while (reading == Reading.GOES_ON && left > 0) {
      int type = u16();
      int length = u16();
      expect(length <= left);
      if (type == SERVER_NAME) {
        return inNames(length);
      }
      skip(length);
    }
    return Optional.empty();
  }

  /** There is one name of a kind at most; the first that can be one is taken. */
  private Optional<String> inNames(int extensionLength) {
    int end = left - extensionLength;
    expect(extensionLength >= 2 && u16() == left - end);
    Optional<String> name = Optional.empty();
    while (reading == Reading.GOES_ON && name.isEmpty() && left > end) {
      int type = u8();
      int length = u16();
      expect(length <= left - end);
      if (type == HOST_NAME && length <= ServerName.CHARS_MAX) {
        name = hostName(length);
      } else {
        skip(length);
      }
    }
    return name;
  }

  private Optional<String> hostName(int length) {
    StringBuilder name = new StringBuilder(length);
    for (int i = 0; i < length && reading == Reading.GOES_ON; i++) {
      name.append((char) u8());
    }
    return reading == Reading.GOES_ON ? ServerName.of(name) : Optional.empty();
  }

  private void expect(boolean right) {
    if (!right) {
      stop(Reading.MALFORMED);
    }
  }

  /** What stopped it first counts: what is read afterwards are zeros. */
  private void stop(Reading why) {
    if (reading == Reading.GOES_ON) {
      reading = why;
    }
  }

  private int u16() {
    return u8() << 8 | u8();
  }

  /** 0 when the reading has stopped, or stops now. */
  private int u8() {
    expect(left > 0);
    if (!isInRecord()) {
      return 0;
    }
    leftInRecord--;
    left--;
    return bytes.getUnsignedByte(at++);
  }

  private void skip(int count) {
    expect(count <= left);
    int toSkip = count;
    while (toSkip > 0 && isInRecord()) {
      int step = Math.min(toSkip, Math.min(leftInRecord, bytes.writerIndex() - at));
      at += step;
      leftInRecord -= step;
      left -= step;
      toSkip -= step;
    }
  }

  /** Whether a byte of the message is there; goes into the next record where this one is over. */
  private boolean isInRecord() {
    if (reading == Reading.GOES_ON && leftInRecord == 0) {
      enterRecord();
    }
    if (reading == Reading.GOES_ON && at == bytes.writerIndex()) {
      stop(Reading.NEEDS_MORE);
    }
    return reading == Reading.GOES_ON;
  }

  private void enterRecord() {
    if (bytes.writerIndex() - at < RECORD_HEADER_BYTES) {
      stop(Reading.NEEDS_MORE);
      return;
    }
    int length = bytes.getUnsignedShort(at + 3);
    expect(
        bytes.getUnsignedByte(at) == HANDSHAKE
            && bytes.getUnsignedByte(at + 1) == MAJOR
            && length > 0
            && length <= RECORD_BYTES_MAX);
    at += RECORD_HEADER_BYTES;
    leftInRecord = length;
  }
}
