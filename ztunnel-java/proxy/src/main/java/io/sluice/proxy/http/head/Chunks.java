package io.sluice.proxy.http.head;

import io.netty.buffer.ByteBuf;

/** Walks over the framing of a chunked body: RFC 9112 section 7.1. */
final class Chunks {
  /** A size with its extensions. */
  static final int SIZE_LINE_BYTES_MAX = 1024;

  /** 2^60 bytes are no chunk. */
  private static final int SIZE_DIGITS_MAX = 15;

  private enum State {
    SIZE,
    AFTER_SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    LINE,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    LAST_LF,
    END
  }

  private final int trailerBytesMax;
  private final byte[] name = new byte["transfer-encoding".length() + 1];
  private State state = State.SIZE;
  private long size;
  private int digits;
  private int lineBytes;
  private int trailerBytes;
  private int nameBytes;
  private long dataBytes;

  Chunks(int trailerBytesMax) {
    this.trailerBytesMax = trailerBytesMax;
  }

  void begin() {
    trailerBytes = 0;
    beginChunk();
  }

  private void beginChunk() {
    state = State.SIZE;
    size = 0;
    digits = 0;
    lineBytes = 0;
  }

  boolean isComplete() {
    return state == State.END;
  }

  /** Of the last run. */
  long dataBytes() {
    return dataBytes;
  }

  /**
   * Framing and data, as far as they go.
   *
   * @return how many bytes: fewer than there are only when the body ends among them
   */
  int run(ByteBuf in, int from, int here) throws BadMessageException {
    dataBytes = 0;
    int at = from;
    int limit = from + here;
    while (at < limit && state != State.END) {
      if (state == State.DATA) {
        int taken = (int) Math.min(size, limit - at);
        took(taken);
        dataBytes += taken;
        at += taken;
      } else {
        framing(in.getByte(at++));
      }
    }
    return at - from;
  }

  /** Skips framing; then how many bytes of data follow. */
  int data(ByteBuf in, int max) throws BadMessageException {
    while (in.isReadable() && state != State.DATA && state != State.END) {
      framing(in.readByte());
    }
    if (state != State.DATA) {
      return 0;
    }
    int taken = (int) Math.min(size, Math.min(in.readableBytes(), max));
    took(taken);
    return taken;
  }

  private void took(int taken) {
    size -= taken;
    if (size == 0) {
      state = State.DATA_CR;
    }
  }

  private void framing(byte b) throws BadMessageException {
    switch (state) {
      case SIZE -> size(b);
      case AFTER_SIZE -> afterSize(b);
      case EXTENSION -> extension(b);
      case SIZE_LF -> {
        lineFeed(b);
        state = size == 0 ? State.LINE : State.DATA;
      }
      case DATA_CR -> {
        expect(b, '\r');
        state = State.DATA_LF;
      }
      case DATA_LF -> {
        lineFeed(b);
        beginChunk();
      }
      case LINE -> {
        trailer();
        nameBytes = 0;
        if (b == '\r') {
          state = State.LAST_LF;
        } else {
          state = State.TRAILER_NAME;
          trailerName(b);
        }
      }
      case TRAILER_NAME -> {
        trailer();
        trailerName(b);
      }
      case TRAILER_VALUE -> {
        trailer();
        if (b == '\r') {
          state = State.TRAILER_LF;
        } else {
          text(b);
        }
      }
      case TRAILER_LF -> {
        trailer();
        lineFeed(b);
        state = State.LINE;
      }
      case LAST_LF -> {
        lineFeed(b);
        state = State.END;
      }
      case DATA, END -> throw new IllegalStateException("framing in state " + state);
    }
  }

  private void size(byte b) throws BadMessageException {
    int digit = Character.digit((char) (b & 0xff), 16);
    if (digit >= 0) {
      if (digits++ == SIZE_DIGITS_MAX) {
        throw bad("a size of more than " + SIZE_DIGITS_MAX + " digits");
      }
      lineBytes++;
      size = size << 4 | digit;
    } else if (digits == 0) {
      throw bad("no size");
    } else {
      afterSize(b);
    }
  }

  private void afterSize(byte b) throws BadMessageException {
    sizeLine();
    switch (b) {
      case '\r' -> state = State.SIZE_LF;
      case ';' -> state = State.EXTENSION;
      // "Bad" white space, which RFC 9112 wants read nevertheless.
      case ' ', '\t' -> state = State.AFTER_SIZE;
      default -> throw bad("a size that is not a hexadecimal number");
    }
  }

  private void extension(byte b) throws BadMessageException {
    sizeLine();
    if (b == '\r') {
      state = State.SIZE_LF;
    } else {
      text(b);
    }
  }

  private void sizeLine() throws BadMessageException {
    if (lineBytes++ == SIZE_LINE_BYTES_MAX) {
      throw bad("a size line of more than " + SIZE_LINE_BYTES_MAX + " bytes");
    }
  }

  private void trailer() throws BadMessageException {
    if (trailerBytes++ == trailerBytesMax) {
      throw new BadMessageException(
          431, "trailers: too large (expected: <= " + trailerBytesMax + " bytes)");
    }
  }

  private void trailerName(byte b) throws BadMessageException {
    if (b == ':' && nameBytes > 0) {
      int length = nameBytes;
      if (length < name.length && mayNotTrail(Name.of(name, 0, length))) {
        throw bad("a trailer that frames or routes");
      }
      state = State.TRAILER_VALUE;
    } else if (Bytes.isToken(b)) {
      if (nameBytes < name.length) {
        name[nameBytes++] = b;
      }
    } else {
      throw bad("a trailer line without a name");
    }
  }

  /** RFC 9110 section 6.5.1. */
  private static boolean mayNotTrail(int name) {
    return switch (name) {
      case Name.CONTENT_LENGTH, Name.TRANSFER_ENCODING, Name.HOST, Name.CONNECTION -> true;
      default -> false;
    };
  }

  private static void text(byte b) throws BadMessageException {
    if (b >= 0 && b < ' ' && b != '\t' || b == 0x7f) {
      throw bad("a control character in its framing");
    }
  }

  private static void lineFeed(byte b) throws BadMessageException {
    expect(b, '\n');
  }

  private static void expect(byte b, char wanted) throws BadMessageException {
    if (b != wanted) {
      throw bad("framing that does not end with CR LF");
    }
  }

  private static BadMessageException bad(String what) {
    return new BadMessageException(400, "chunked body: " + what);
  }
}
