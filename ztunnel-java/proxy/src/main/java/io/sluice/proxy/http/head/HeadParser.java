package io.sluice.proxy.http.head;

import io.netty.buffer.ByteBuf;

/**
 * Reads one head after the other. What has come of a head is copied once, into memory that is used
 * again for the next; each line is looked at once, wherever the bytes were split.
 */
public final class HeadParser<H extends Head> {
  private static final int MISSING = -1;

  /** RFC 9112 section 2.2 wants one ignored. */
  private static final int EMPTY_LINES_MAX = 4;

  private final H head;
  private final int startLineBytesMax;
  private final int fieldBytesMax;
  private int filled;
  private int line;
  private int searched;
  private boolean started;
  private int emptyLines;

  /**
   * @param startLineBytesMax more: 414
   * @param fieldBytesMax of all field lines; more: 431
   */
  public HeadParser(H head, int startLineBytesMax, int fieldBytesMax) {
    this.head = head;
    this.startLineBytesMax = startLineBytesMax;
    this.fieldBytesMax = fieldBytesMax;
    begin();
  }

  public H head() {
    return head;
  }

  /** The next head, please. */
  public void begin() {
    head.clear();
    filled = 0;
    line = 0;
    searched = 0;
    started = false;
    emptyLines = 0;
  }

  /**
   * Takes what belongs to the head, and nothing behind it.
   *
   * @return whether it is complete
   */
  public boolean parse(ByteBuf in) throws BadMessageException {
    while (true) {
      if (mayHoldLine() && lines()) {
        // What was copied too much came with the last buffer.
        in.readerIndex(in.readerIndex() - (filled - line));
        return true;
      }
      limits(filled);
      if (!in.isReadable()) {
        return false;
      }
      fill(in);
    }
  }

  private void fill(ByteBuf in) {
    if (filled == head.bytes.length) {
      head.grow();
    }
    int more = Math.min(in.readableBytes(), head.bytes.length - filled);
    in.readBytes(head.bytes, filled, more);
    filled += more;
  }

  /** A line that came in parts is looked at again only when its end is there. */
  private boolean mayHoldLine() {
    if (searched <= line) {
      return filled > line;
    }
    searched = Bytes.indexOf((byte) '\n', head.bytes, searched, filled);
    return searched < filled;
  }

  /** All lines that are whole; whether the last was the empty one. */
  private boolean lines() throws BadMessageException {
    byte[] bytes = head.bytes;
    while (line < filled) {
      if (bytes[line] == '\r') {
        if (line + 1 == filled) {
          return partial();
        }
        if (bytes[line + 1] != '\n') {
          throw bad("CR without LF");
        }
        if (started) {
          head.complete(line);
          line += 2;
          return true;
        }
        skipEmptyLine();
        continue;
      }
      int next = started ? field(line) : head.startLine(line, filled);
      if (next == MISSING) {
        return partial();
      }
      if (!started) {
        limits(next);
        head.start = line;
        head.fieldsStart = next;
        started = true;
      }
      line = next;
    }
    return partial();
  }

  private boolean partial() {
    searched = filled;
    return false;
  }

  private void skipEmptyLine() throws BadMessageException {
    if (emptyLines++ == EMPTY_LINES_MAX) {
      throw bad("empty lines before it");
    }
    line += 2;
  }

  private int field(int from) throws BadMessageException {
    byte[] bytes = head.bytes;
    int colon = Bytes.tokenEnd(bytes, from, filled);
    if (colon == filled) {
      return MISSING;
    }
    if (bytes[colon] != ':' || colon == from) {
      throw bad(
          "header line '"
              + head.shortText(from, colon + 1)
              + "' (expected: a name, and the colon right behind it)");
    }
    int value = Bytes.skipSpace(bytes, colon + 1, filled);
    int cr = Bytes.textEnd(bytes, value, filled);
    if (cr == filled) {
      return MISSING;
    }
    if (bytes[cr] != '\r') {
      throw badValue(from, colon);
    }
    if (cr + 1 == filled) {
      return MISSING;
    }
    if (bytes[cr + 1] != '\n') {
      throw badValue(from, colon);
    }
    limits(cr + 2);
    head.add(from, colon, value, Bytes.dropSpace(bytes, value, cr));
    return cr + 2;
  }

  private void limits(int to) throws BadMessageException {
    if (!started) {
      if (to - line > startLineBytesMax) {
        throw new BadMessageException(
            414, "request line: too long (expected: <= " + startLineBytesMax + " bytes)");
      }
    } else if (to - head.fieldsStart > fieldBytesMax) {
      throw new BadMessageException(
          431, "headers: too large (expected: <= " + fieldBytesMax + " bytes)");
    }
  }

  private BadMessageException badValue(int from, int colon) {
    return bad(
        "value of header '"
            + head.shortText(from, colon)
            + "' (expected: no control character but a tab, and CR LF behind it)");
  }

  private static BadMessageException bad(String reason) {
    return new BadMessageException(400, "not an HTTP/1 message: " + reason);
  }
}
