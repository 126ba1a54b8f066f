package io.sluice.proxy.http.head;

/** The names of fields that mean something to an intermediary, as small numbers. */
public final class Name {
  public static final int OTHER = 0;
  public static final int HOST = 1;
  public static final int CONNECTION = 2;
  public static final int CONTENT_LENGTH = 3;
  public static final int TRANSFER_ENCODING = 4;
  public static final int TE = 5;
  public static final int UPGRADE = 6;
  public static final int KEEP_ALIVE = 7;
  public static final int PROXY_CONNECTION = 8;
  public static final int REQUEST_ID = 9;
  public static final int FORWARDED_PROTO = 10;
  public static final int WEBSOCKET_KEY1 = 11;
  public static final int WEBSOCKET_KEY2 = 12;

  private static final byte[][] TEXTS = {
    {},
    Bytes.ascii("host"),
    Bytes.ascii("connection"),
    Bytes.ascii("content-length"),
    Bytes.ascii("transfer-encoding"),
    Bytes.ascii("te"),
    Bytes.ascii("upgrade"),
    Bytes.ascii("keep-alive"),
    Bytes.ascii("proxy-connection"),
    Bytes.ascii("x-request-id"),
    Bytes.ascii("x-forwarded-proto"),
    Bytes.ascii("sec-websocket-key1"),
    Bytes.ascii("sec-websocket-key2"),
  };

  private Name() {}

  /** Of the name that stands there, in any case. */
  static int of(byte[] bytes, int from, int to) {
    return switch (to - from) {
      case 2 -> only(TE, bytes, from, to);
      case 4 -> only(HOST, bytes, from, to);
      case 7 -> only(UPGRADE, bytes, from, to);
      case 10 -> either(CONNECTION, KEEP_ALIVE, bytes, from, to);
      case 12 -> only(REQUEST_ID, bytes, from, to);
      case 14 -> only(CONTENT_LENGTH, bytes, from, to);
      case 16 -> only(PROXY_CONNECTION, bytes, from, to);
      case 17 -> either(TRANSFER_ENCODING, FORWARDED_PROTO, bytes, from, to);
      case 18 -> either(WEBSOCKET_KEY1, WEBSOCKET_KEY2, bytes, from, to);
      default -> OTHER;
    };
  }

  private static int only(int name, byte[] bytes, int from, int to) {
    return Bytes.is(bytes, from, to, TEXTS[name]) ? name : OTHER;
  }

  private static int either(int one, int other, byte[] bytes, int from, int to) {
    return Bytes.is(bytes, from, to, TEXTS[one]) ? one : only(other, bytes, from, to);
  }

  /** A set of names. */
  public static int set(int... names) {
    int all = 0;
    for (int each : names) {
      all |= 1 << each;
    }
    return all;
  }
}
