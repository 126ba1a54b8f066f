package io.sluice.proxy.http.head;

/** Words of fields that mean something to an intermediary, in lower case. */
final class Tokens {
  static final byte[] CHUNKED = Bytes.ascii("chunked");
  static final byte[] IDENTITY = Bytes.ascii("identity");
  static final byte[] CLOSE = Bytes.ascii("close");
  static final byte[] KEEP_ALIVE = Bytes.ascii("keep-alive");
  static final byte[] UPGRADE = Bytes.ascii("upgrade");
  static final byte[] H2C = Bytes.ascii("h2c");
  static final byte[] TRAILERS = Bytes.ascii("trailers");

  private Tokens() {}
}
