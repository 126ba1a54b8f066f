package io.sluice.proxy.detect;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Tells a protocol by its first bytes. Answers as soon as they can't be anything else.
 *
 * <pre>
 *   HTTP/1   token SP target SP "HTTP/1."      RFC 9112 section 3; any method
 *   HTTP/2   "PRI * HTTP/2.0"                  RFC 9113 section 3.4
 *   TLS      16 03 0x  length(2)  01           RFC 8446 sections 5.1 and 4: a ClientHello, read up to its server name
 * </pre>
 */
final class FirstBytes {
  /** A request line that is longer than this is taken for something else. */
  static final int BYTES_MAX = 16 * 1024;

  private static final byte[] PREFACE = "PRI * HTTP/2.0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
  private static final int METHOD_CHARS_MAX = 64;
  private static final int TLS_HANDSHAKE = 0x16;
  private static final int TLS_MAJOR = 3;
  private static final int TLS_MINOR_MAX = 4;
  private static final int TLS_CLIENT_HELLO = 1;
  private static final int TLS_TYPE_AT = 5;

  /** Nothing else that is in use begins with these three. */
  private static final int TLS_SURE_BYTES = 3;

  private static final Optional<Detected> OPAQUE = Optional.of(new Detected.Opaque());
  private static final Optional<Detected> HTTP1 = Optional.of(new Detected.Http1());
  private static final Optional<Detected> HTTP2 = Optional.of(new Detected.Http2());

  private FirstBytes() {}

  /**
   * @param bytes all that has come so far; neither moved nor released
   * @return empty: more bytes are needed
   */
  static Optional<Detected> detect(ByteBuf bytes) {
    if (!bytes.isReadable()) {
      return Optional.empty();
    }
    if (bytes.getByte(bytes.readerIndex()) == TLS_HANDSHAKE) {
      return tls(bytes);
    }
    if (startsAs(bytes, 0, PREFACE)) {
      return has(bytes, PREFACE.length) ? HTTP2 : Optional.empty();
    }
    return requestLine(bytes);
  }

  /**
   * As {@link #detect}, where HTTP/1 is what the port declares: everything is, but what is surely
   * something else.
   */
  static Optional<Detected> detectOnHttpPort(ByteBuf bytes) {
    if (!bytes.isReadable()) {
      return Optional.empty();
    }
    if (bytes.getByte(bytes.readerIndex()) != TLS_HANDSHAKE && !startsAs(bytes, 0, PREFACE)) {
      return HTTP1;
    }
    return detect(bytes).map(found -> found instanceof Detected.Opaque ? HTTP1.get() : found);
  }

  /** What they are taken for when no more is waited for. */
  static Detected soFar(ByteBuf bytes) {
    boolean tls =
        has(bytes, TLS_SURE_BYTES)
            && at(bytes, 0) == TLS_HANDSHAKE
            && at(bytes, 1) == TLS_MAJOR
            && at(bytes, 2) <= TLS_MINOR_MAX;
    return tls ? new Detected.Tls(Optional.empty()) : OPAQUE.get();
  }

  private static Optional<Detected> tls(ByteBuf bytes) {
    if (has(bytes, 2) && at(bytes, 1) != TLS_MAJOR
        || has(bytes, 3) && at(bytes, 2) > TLS_MINOR_MAX
        || has(bytes, TLS_TYPE_AT + 1) && at(bytes, TLS_TYPE_AT) != TLS_CLIENT_HELLO) {
      return OPAQUE;
    }
    return has(bytes, TLS_TYPE_AT + 1) ? ClientHello.read(bytes) : Optional.empty();
  }

  private static Optional<Detected> requestLine(ByteBuf bytes) {
    int method = 0;
    while (has(bytes, method + 1) && isToken(at(bytes, method))) {
      method++;
    }
    if (method > METHOD_CHARS_MAX) {
      return OPAQUE;
    }
    if (!has(bytes, method + 1)) {
      return Optional.empty();
    }
    return method > 0 && at(bytes, method) == ' ' ? target(bytes, method + 1) : OPAQUE;
  }

  private static Optional<Detected> target(ByteBuf bytes, int start) {
    int end = start;
    while (has(bytes, end + 1) && isVisible(at(bytes, end))) {
      end++;
    }
    if (end >= BYTES_MAX) {
      return OPAQUE;
    }
    if (!has(bytes, end + 1)) {
      return Optional.empty();
    }
    if (end == start || at(bytes, end) != ' ' || !startsAs(bytes, end + 1, VERSION)) {
      return OPAQUE;
    }
    return has(bytes, end + 1 + VERSION.length) ? HTTP1 : Optional.empty();
  }

  /** Whether what is there from {@code offset} on is what {@code expected} begins with. */
  private static boolean startsAs(ByteBuf bytes, int offset, byte[] expected) {
    int length = Math.min(bytes.readableBytes() - offset, expected.length);
    for (int i = 0; i < length; i++) {
      if (at(bytes, offset + i) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean has(ByteBuf bytes, int count) {
    return bytes.readableBytes() >= count;
  }

  private static int at(ByteBuf bytes, int offset) {
    return bytes.getUnsignedByte(bytes.readerIndex() + offset);
  }

  /** RFC 9110 section 5.6.2. */
  private static boolean isToken(int character) {
    return character >= 'a' && character <= 'z'
        || character >= 'A' && character <= 'Z'
        || character >= '0' && character <= '9'
        || "!#$%&'*+-.^_`|~".indexOf(character) >= 0;
  }

  /** Targets with raw bytes above ASCII are wrong but not rare. */
  private static boolean isVisible(int character) {
    return character > ' ' && character != 0x7f;
  }
}
