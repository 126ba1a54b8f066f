package io.sluice.proxy.http.head;

import io.netty.buffer.ByteBuf;
import java.util.Optional;

/**
 * A message head: its bytes as they came, and where in them the fields are. Belongs to its {@link
 * HeadParser}, which fills it anew for each message; what is asked for is valid until then.
 */
public abstract sealed class Head permits RequestHead, ResponseHead {
  /** More field lines: 431. */
  static final int FIELDS_MAX = 1024;

  /** More options in Connection fields, but for those that say nothing of other fields: 400. */
  static final int OPTIONS_MAX = 64;

  private static final int START_BYTES = 1024;
  private static final int KEPT_BYTES_MAX = 8 * 1024;
  private static final int START_FIELDS = 32;

  private static final byte[] HTTP_1_1_END = Bytes.ascii("HTTP/1.1\r\n");

  // Of a field: where its name begins and ends, its value begins and ends; and which it is.
  private static final int STRIDE = 5;
  private static final int NAME_END = 1;
  private static final int VALUE = 2;
  private static final int VALUE_END = 3;
  private static final int KIND = 4;

  /** Beside the kind: a Connection field names it. */
  private static final int OF_ONE_HOP = 1 << 8;

  private static final int KIND_MASK = OF_ONE_HOP - 1;

  byte[] bytes = new byte[START_BYTES];
  private int[] fields = new int[START_FIELDS * STRIDE];
  private int count;
  private int present;
  private int repeated;

  /** Of the start line, behind which the fields begin. */
  int start;

  int fieldsStart;

  /** Of the last field line. */
  private int end;

  int minorVersion;
  private long contentLength;
  private boolean chunked;
  private boolean closes;
  private boolean keepsAlive;
  private boolean wantsUpgrade;
  private int options;

  Head() {}

  /** As if nothing had come; memory that a large head took goes. */
  void clear() {
    if (bytes.length > KEPT_BYTES_MAX) {
      bytes = new byte[START_BYTES];
    }
    if (fields.length > KEPT_BYTES_MAX / Integer.BYTES) {
      fields = new int[START_FIELDS * STRIDE];
    }
    count = 0;
    present = 0;
    repeated = 0;
    contentLength = -1;
    chunked = false;
    closes = false;
    keepsAlive = false;
    wantsUpgrade = false;
    options = 0;
  }

  /**
   * Looks for the start line at {@code from}.
   *
   * @return the next line, or -1 when bytes are missing
   */
  abstract int startLine(int from, int limit) throws BadMessageException;

  /** What can be said only when all is there. */
  abstract void check() throws BadMessageException;

  // Of both kinds of messages.

  /** HTTP/1.0: no chunks, and a connection ends unless it says that it goes on. */
  public boolean is10() {
    return minorVersion == 0;
  }

  /** The length of the body as the field says it; -1: there is no such field. */
  public long contentLength() {
    return contentLength;
  }

  /** Whether the body comes in chunks. */
  public boolean isChunked() {
    return chunked;
  }

  public boolean has(int name) {
    return (present & 1 << name) != 0;
  }

  /** Whether more than one line has that name. */
  boolean isRepeated(int name) {
    return (repeated & 1 << name) != 0;
  }

  /** Whether the connection may carry another message behind this one: RFC 9112 section 9.3. */
  public boolean keepsAlive() {
    return !closes && (keepsAlive || !is10());
  }

  /** Whether a Connection field has the option "upgrade". */
  boolean hasUpgradeOption() {
    return wantsUpgrade;
  }

  /**
   * @param name in lower case
   * @return the value; of several lines their values joined by commas; empty: there is none
   */
  public Optional<String> value(String name) {
    String joined = null;
    for (int i = 0; i < count; i++) {
      if (isNamed(i, name)) {
        joined = joined == null ? text(i) : joined + "," + text(i);
      }
    }
    return Optional.ofNullable(joined);
  }

  /** The first value of one of the known names; empty text where there is none. */
  public String first(int name) {
    int at = has(name) ? find(name) : -1;
    return at < 0 ? "" : text(at);
  }

  /** Whether a value of that name has an element of its comma-separated list. */
  boolean lists(int name, byte[] element) {
    if (!has(name)) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (kind(i) == name && listHas(i, element)) {
        return true;
      }
    }
    return false;
  }

  /** Whether one line has that name, and says nothing but that. */
  boolean isOnly(int name, byte[] lowerCase) {
    int at = find(name);
    return at >= 0
        && !isRepeated(name)
        && Bytes.is(bytes, fields[at * STRIDE + VALUE], fields[at * STRIDE + VALUE_END], lowerCase);
  }

  /** Bytes that it takes, a hint for a buffer. */
  public int size() {
    return end - start;
  }

  // Writing.

  /** From there to the end of the fields, without those that are named or of one hop only. */
  void copy(ByteBuf out, int from, int dropped) {
    int runStart = from;
    boolean all = options == 0 && (present & dropped) == 0;
    for (int i = 0; !all && i < count; i++) {
      int kind = fields[i * STRIDE + KIND];
      if (kind >= OF_ONE_HOP || kind != Name.OTHER && (dropped & 1 << kind) != 0) {
        int lineStart = fields[i * STRIDE];
        out.writeBytes(bytes, runStart, lineStart - runStart);
        runStart = i + 1 < count ? fields[(i + 1) * STRIDE] : end;
      }
    }
    out.writeBytes(bytes, runStart, end - runStart);
  }

  static void writeVersion(ByteBuf out) {
    out.writeBytes(HTTP_1_1_END);
  }

  // Filled by the parser.

  /** Makes room for more bytes. */
  void grow() {
    bytes = java.util.Arrays.copyOf(bytes, bytes.length * 2);
  }

  void add(int name, int nameEnd, int value, int valueEnd) throws BadMessageException {
    if (count == FIELDS_MAX) {
      throw new BadMessageException(431, "headers: > " + FIELDS_MAX + " lines (expected: fewer)");
    }
    int at = count++ * STRIDE;
    if (at == fields.length) {
      fields = java.util.Arrays.copyOf(fields, at * 2);
    }
    int kind = Name.of(bytes, name, nameEnd);
    fields[at] = name;
    fields[at + NAME_END] = nameEnd;
    fields[at + VALUE] = value;
    fields[at + VALUE_END] = valueEnd;
    fields[at + KIND] = kind;
    if (kind != Name.OTHER) {
      known(kind, value, valueEnd);
    }
  }

  private void known(int kind, int value, int valueEnd) throws BadMessageException {
    repeated |= present & 1 << kind;
    present |= 1 << kind;
    if (kind == Name.CONTENT_LENGTH) {
      length(value, valueEnd);
    } else if (kind == Name.TRANSFER_ENCODING) {
      chunked = Bytes.is(bytes, value, valueEnd, Tokens.CHUNKED);
    }
  }

  /** The same length twice is refused too: only a faulty or hostile sender writes that. */
  private void length(int from, int to) throws BadMessageException {
    if (isRepeated(Name.CONTENT_LENGTH)) {
      throw new BadMessageException(400, "Content-Length: 2 lines (expected: 1)");
    }
    int at = from;
    while (at < to - 1 && bytes[at] == '0') {
      at++;
    }
    long length = 0;
    boolean valid = at < to && to - at <= 18;
    for (; valid && at < to; at++) {
      valid = Bytes.isDigit(bytes[at]);
      length = length * 10 + bytes[at] - '0';
    }
    if (!valid) {
      throw new BadMessageException(
          400, "Content-Length: '" + shortText(from, to) + "' (expected: digits, < 10^18)");
    }
    contentLength = length;
  }

  /** All lines are here. */
  void complete(int fieldsEnd) throws BadMessageException {
    end = fieldsEnd;
    if (has(Name.CONNECTION)) {
      for (int i = 0; i < count; i++) {
        if (kind(i) == Name.CONNECTION) {
          connection(i);
        }
      }
    }
    check();
  }

  private void connection(int field) throws BadMessageException {
    int to = fields[field * STRIDE + VALUE_END];
    for (int at = fields[field * STRIDE + VALUE]; at < to; ) {
      int comma = Bytes.indexOf((byte) ',', bytes, at, to);
      int from = Bytes.skipSpace(bytes, at, comma);
      option(from, Bytes.dropSpace(bytes, from, comma));
      at = comma + 1;
    }
  }

  private void option(int from, int to) throws BadMessageException {
    if (Bytes.is(bytes, from, to, Tokens.CLOSE)) {
      closes = true;
    } else if (Bytes.is(bytes, from, to, Tokens.KEEP_ALIVE)) {
      keepsAlive = true;
    } else if (Bytes.is(bytes, from, to, Tokens.UPGRADE)) {
      wantsUpgrade = true;
    } else if (from < to && !neverDropped(Name.of(bytes, from, to))) {
      if (options++ == OPTIONS_MAX) {
        throw new BadMessageException(
            400, "Connection: > " + OPTIONS_MAX + " options (expected: fewer)");
      }
      for (int i = 0; i < count; i++) {
        int at = i * STRIDE;
        if (Bytes.same(bytes, from, to, fields[at], fields[at + NAME_END])) {
          fields[at + KIND] |= OF_ONE_HOP;
        }
      }
    }
  }

  /**
   * Framing and routing hang on these: a Connection field that lists them would let a request be
   * smuggled.
   */
  private static boolean neverDropped(int name) {
    return switch (name) {
      case Name.HOST, Name.CONTENT_LENGTH, Name.TRANSFER_ENCODING, Name.TE, Name.UPGRADE -> true;
      default -> false;
    };
  }

  // Looks at one field.

  private int kind(int field) {
    return fields[field * STRIDE + KIND] & KIND_MASK;
  }

  private int find(int name) {
    for (int i = 0; i < count; i++) {
      if (kind(i) == name) {
        return i;
      }
    }
    return -1;
  }

  private String text(int field) {
    return Bytes.text(bytes, fields[field * STRIDE + VALUE], fields[field * STRIDE + VALUE_END]);
  }

  private boolean isNamed(int field, String lowerCase) {
    int from = fields[field * STRIDE];
    int length = fields[field * STRIDE + NAME_END] - from;
    if (length != lowerCase.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      byte b = bytes[from + i];
      if ((b >= 'A' && b <= 'Z' ? b | 0x20 : b) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean listHas(int field, byte[] element) {
    int to = fields[field * STRIDE + VALUE_END];
    for (int at = fields[field * STRIDE + VALUE]; at < to; ) {
      int comma = Bytes.indexOf((byte) ',', bytes, at, to);
      int from = Bytes.skipSpace(bytes, at, comma);
      if (Bytes.is(bytes, from, Bytes.dropSpace(bytes, from, comma), element)) {
        return true;
      }
      at = comma + 1;
    }
    return false;
  }

  /** For messages: the start of what a stranger has sent. */
  String shortText(int from, int to) {
    return Bytes.text(bytes, from, Math.min(to, from + 40));
  }
}
