package io.sluice.proxy.http.head;

import io.netty.buffer.ByteBuf;

/** A response's head. */
public final class ResponseHead extends Head {
  private static final int STATUS_DIGITS = 3;

  private int status;

  public ResponseHead() {}

  /** 100..999. */
  public int status() {
    return status;
  }

  /** Otherwise the end of the connection is the end of a body. */
  public boolean isDelimited() {
    return isChunked() || contentLength() >= 0;
  }

  /**
   * Writes the start line, as HTTP/1.1, and the fields as they came.
   *
   * @param dropped a set of names; those that a Connection field lists are left out too
   */
  public void write(ByteBuf out, int dropped) {
    if (minorVersion == 1) {
      copy(out, start, dropped);
    } else {
      out.writeBytes(bytes, start, Versions.MINOR);
      out.writeByte('1');
      copy(out, start + Versions.BYTES, dropped);
    }
  }

  @Override
  int startLine(int from, int limit) throws BadMessageException {
    int digits = from + Versions.BYTES + 1;
    int afterDigits = digits + STATUS_DIGITS;
    int present = Math.min(limit, afterDigits);
    int cr = Bytes.textEnd(bytes, from, limit);
    if (cr + 1 >= limit && (cr == limit || bytes[cr] == '\r')) {
      return -1;
    }
    if (bytes[cr] != '\r' || bytes[cr + 1] != '\n' || present < afterDigits || cr < afterDigits) {
      throw notHttp(from, cr);
    }
    // Some servers leave the second space out with the reason.
    if (!Versions.isVersion(bytes, from)
        || bytes[from + Versions.MAJOR] != '1'
        || bytes[digits - 1] != ' '
        || cr > afterDigits && bytes[afterDigits] != ' ') {
      throw notHttp(from, cr);
    }
    minorVersion = bytes[from + Versions.MINOR] - '0';
    status(digits);
    return cr + 2;
  }

  /** A number below 100 would count as interim, and what follows it as the answer. */
  private void status(int at) throws BadMessageException {
    if (bytes[at] < '1'
        || bytes[at] > '9'
        || !Bytes.isDigit(bytes[at + 1])
        || !Bytes.isDigit(bytes[at + 2])) {
      throw new BadMessageException(
          502, "status: '" + shortText(at, at + STATUS_DIGITS) + "' (expected: 100..999)");
    }
    status = (bytes[at] - '0') * 100 + (bytes[at + 1] - '0') * 10 + bytes[at + 2] - '0';
  }

  private BadMessageException notHttp(int from, int to) {
    return new BadMessageException(
        502, "status line: '" + shortText(from, to) + "' (expected: HTTP/1.1 and a status)");
  }

  @Override
  void check() throws BadMessageException {
    if (!has(Name.TRANSFER_ENCODING)) {
      return;
    }
    boolean identity = isOnly(Name.TRANSFER_ENCODING, Tokens.IDENTITY);
    if (!identity && !isOnly(Name.TRANSFER_ENCODING, Tokens.CHUNKED)) {
      throw new BadMessageException(
          502,
          "Transfer-Encoding: " + value("transfer-encoding").orElse("") + " (expected: chunked)");
    }
    if (!identity && has(Name.CONTENT_LENGTH)) {
      throw new BadMessageException(
          502, "Content-Length beside Transfer-Encoding (expected: one of them)");
    }
  }
}
