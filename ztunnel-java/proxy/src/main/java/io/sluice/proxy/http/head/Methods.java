package io.sluice.proxy.http.head;

/** The methods of RFC 9110 and RFC 5789, so that they need not be made anew. Pure. */
final class Methods {
  private static final String[] TEXTS = {
    "GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"
  };

  private Methods() {}

  static String text(byte[] bytes, int from, int to) {
    for (String each : TEXTS) {
      if (is(each, bytes, from, to)) {
        return each;
      }
    }
    return Bytes.text(bytes, from, to);
  }

  private static boolean is(String text, byte[] bytes, int from, int to) {
    if (text.length() != to - from) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }
}
