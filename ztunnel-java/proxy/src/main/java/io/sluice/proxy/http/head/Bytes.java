package io.sluice.proxy.http.head;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Classes of characters (RFC 9110 section 5.6.2, RFC 9112) and looks at runs of bytes. Pure. */
final class Bytes {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGHS = 0x8080_8080_8080_8080L;
  private static final boolean[] TOKEN = new boolean[256];

  static {
    for (char each = '0'; each <= 'z'; each++) {
      TOKEN[each] = Character.isLetterOrDigit(each);
    }
    for (char each : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[each] = true;
    }
  }

  private Bytes() {}

  static boolean isToken(byte b) {
    return TOKEN[b & 0xff];
  }

  /** The first that may not be in a token, or {@code limit}. */
  static int tokenEnd(byte[] bytes, int from, int limit) {
    int at = from;
    while (at < limit && TOKEN[bytes[at] & 0xff]) {
      at++;
    }
    return at;
  }

  /** Of a field value or reason phrase: the first control character but a tab, or {@code limit}. */
  static int textEnd(byte[] bytes, int from, int limit) {
    int at = from;
    while (true) {
      while (at + Long.BYTES <= limit && isPlain((long) LONGS.get(bytes, at))) {
        at += Long.BYTES;
      }
      int stop = Math.min(limit, at + Long.BYTES);
      while (at < stop) {
        byte b = bytes[at];
        if (b >= 0 && b < ' ' && b != '\t' || b == 0x7f) {
          return at;
        }
        at++;
      }
      if (at == limit) {
        return limit;
      }
    }
  }

  /** Whether none of eight bytes is below a space, or DEL. */
  private static boolean isPlain(long word) {
    long below = (word - ONES * ' ') & ~word & HIGHS;
    long del = word ^ ONES * 0x7f;
    return (below | (del - ONES) & ~del & HIGHS) == 0;
  }

  /** Of a request target: the first space or control character, or {@code limit}. */
  static int targetEnd(byte[] bytes, int from, int limit) {
    int at = from;
    while (at < limit && (bytes[at] > ' ' && bytes[at] != 0x7f || bytes[at] < 0)) {
      at++;
    }
    return at;
  }

  static int indexOf(byte wanted, byte[] bytes, int from, int limit) {
    int at = from;
    while (at < limit && bytes[at] != wanted) {
      at++;
    }
    return at;
  }

  static int skipSpace(byte[] bytes, int from, int limit) {
    int at = from;
    while (at < limit && isSpace(bytes[at])) {
      at++;
    }
    return at;
  }

  static int dropSpace(byte[] bytes, int from, int limit) {
    int end = limit;
    while (end > from && isSpace(bytes[end - 1])) {
      end--;
    }
    return end;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t';
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** Without regard to case. */
  static boolean is(byte[] bytes, int from, int to, byte[] lowerCase) {
    if (to - from != lowerCase.length) {
      return false;
    }
    for (int i = 0; i < lowerCase.length; i++) {
      if (lower(bytes[from + i]) != lowerCase[i]) {
        return false;
      }
    }
    return true;
  }

  /** Two runs without regard to case. */
  static boolean same(byte[] bytes, int from, int to, int otherFrom, int otherTo) {
    if (to - from != otherTo - otherFrom) {
      return false;
    }
    for (int i = 0; i < to - from; i++) {
      if (lower(bytes[from + i]) != lower(bytes[otherFrom + i])) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
