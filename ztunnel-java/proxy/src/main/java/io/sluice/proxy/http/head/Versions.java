package io.sluice.proxy.http.head;

/** {@code HTTP/1.1} in a start line. Pure. */
final class Versions {
  /** Of the digits in it. */
  static final int MAJOR = 5;

  static final int MINOR = 7;
  static final int BYTES = 8;

  private Versions() {}

  /** Of one digit each: whoever sends anything else means another protocol. */
  static boolean isVersion(byte[] bytes, int at) {
    return bytes[at] == 'H'
        && bytes[at + 1] == 'T'
        && bytes[at + 2] == 'T'
        && bytes[at + 3] == 'P'
        && bytes[at + 4] == '/'
        && Bytes.isDigit(bytes[at + MAJOR])
        && bytes[at + 6] == '.'
        && Bytes.isDigit(bytes[at + MINOR]);
  }
}
