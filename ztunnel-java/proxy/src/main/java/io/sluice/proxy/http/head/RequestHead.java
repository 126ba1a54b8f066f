package io.sluice.proxy.http.head;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A request's head. */
public final class RequestHead extends Head {
  private static final int VERSION_BYTES = "HTTP/1.1".length();

  private int methodEnd;
  private int targetEnd;
  private int majorVersion;
  private String method = "";
  private @Nullable String target;

  public RequestHead() {}

  @Override
  void clear() {
    super.clear();
    method = "";
    target = null;
  }

  /** As sent; those that everybody knows are the same object each time. */
  public String method() {
    return method;
  }

  /** As sent. */
  public String target() {
    String known = target;
    if (known == null) {
      known = Bytes.text(bytes, methodEnd + 1, targetEnd);
      target = known;
    }
    return known;
  }

  /** Whether the target is a path, and not an URI of its own, an authority or a star. */
  public boolean isOriginForm() {
    return bytes[methodEnd + 1] == '/';
  }

  /** Whether anything but the end follows the head. */
  public boolean hasBody() {
    return isChunked() || contentLength() > 0;
  }

  public boolean isHead() {
    return method.equals("HEAD");
  }

  public boolean isConnect() {
    return method.equals("CONNECT");
  }

  /**
   * An upgrade that is passed on. Not h2c: behind a 101 every further request would be hidden from
   * the rules.
   */
  public boolean wantsUpgrade() {
    return hasUpgradeOption() && !is10() && has(Name.UPGRADE) && !lists(Name.UPGRADE, Tokens.H2C);
  }

  /** Whether the client understands trailers: RFC 9110 section 10.1.4. */
  public boolean wantsTrailers() {
    return lists(Name.TE, Tokens.TRAILERS);
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
      out.writeBytes(bytes, start, targetEnd + 1 - start);
      writeVersion(out);
      copy(out, fieldsStart, dropped);
    }
  }

  @Override
  int startLine(int from, int limit) throws BadMessageException {
    int space = Bytes.tokenEnd(bytes, from, limit);
    if (space == limit) {
      return -1;
    }
    if (space == from || bytes[space] != ' ') {
      throw new BadMessageException(
          400, "not an HTTP/1 request: method '" + shortText(from, space + 1) + "'");
    }
    int secondSpace = Bytes.targetEnd(bytes, space + 1, limit);
    if (secondSpace == limit) {
      return -1;
    }
    if (secondSpace == space + 1 || bytes[secondSpace] != ' ') {
      throw new BadMessageException(
          400,
          "not an HTTP/1 request: target '"
              + shortText(space + 1, secondSpace)
              + "' (expected: no space or control character)");
    }
    int cr = secondSpace + 1 + VERSION_BYTES;
    if (cr + 1 >= limit) {
      return -1;
    }
    version(secondSpace + 1, cr);
    methodEnd = space;
    targetEnd = secondSpace;
    method = Methods.text(bytes, from, space);
    return cr + 2;
  }

  private void version(int from, int cr) throws BadMessageException {
    if (!Versions.isVersion(bytes, from) || bytes[cr] != '\r' || bytes[cr + 1] != '\n') {
      throw new BadMessageException(
          400, "HTTP version: '" + shortText(from, cr) + "' (expected: HTTP/1.1)");
    }
    majorVersion = bytes[from + Versions.MAJOR] - '0';
    minorVersion = bytes[from + Versions.MINOR] - '0';
  }

  /** RFC 9112 sections 3.2, 6.1, 6.3 and 11.2. */
  @Override
  void check() throws BadMessageException {
    if (majorVersion != 1) {
      throw new BadMessageException(
          505,
          "HTTP version: HTTP/"
              + majorVersion
              + "."
              + minorVersion
              + " (expected: HTTP/1.1 or HTTP/1.0)");
    }
    if (isRepeated(Name.HOST) || !has(Name.HOST) && !is10()) {
      throw new BadMessageException(
          400, "Host headers: " + (has(Name.HOST) ? "2 or more" : "0") + " (expected: 1)");
    }
    if (has(Name.TRANSFER_ENCODING)) {
      coding();
    }
    if (has(Name.WEBSOCKET_KEY1) && has(Name.WEBSOCKET_KEY2)) {
      throw new BadMessageException(
          400, "Sec-WebSocket-Key1 (expected: the WebSocket protocol of RFC 6455)");
    }
  }

  private void coding() throws BadMessageException {
    if (has(Name.CONTENT_LENGTH)) {
      throw new BadMessageException(
          400, "Content-Length beside Transfer-Encoding (expected: one of them)");
    }
    if (is10()) {
      throw new BadMessageException(400, "Transfer-Encoding of HTTP/1.0 (expected: HTTP/1.1)");
    }
    if (!isOnly(Name.TRANSFER_ENCODING, Tokens.CHUNKED)) {
      throw new BadMessageException(
          501,
          "Transfer-Encoding: " + value("transfer-encoding").orElse("") + " (expected: chunked)");
    }
  }
}
