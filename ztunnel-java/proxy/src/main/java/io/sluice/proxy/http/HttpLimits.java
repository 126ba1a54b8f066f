package io.sluice.proxy.http;

/**
 * Limits of one HTTP/1 connection.
 *
 * @param startLineBytesMax request or status line; more: 414 to the client, 502 for an upstream
 * @param headerBytesMax all header lines of a message, or all trailers; more: 431, 502
 * @param pieceBytesMax body bytes that are decoded in one step
 * @param halfClosedMillis a client that has shut down its sending side waits for its response; one
 *     that left looks the same. After this time it is taken to have left
 * @param lingerMillis how long the rest of a request is discarded after an early response, so that
 *     the client can read that
 */
public record HttpLimits(
    int startLineBytesMax,
    int headerBytesMax,
    int pieceBytesMax,
    long halfClosedMillis,
    long lingerMillis) {
  public static final HttpLimits DEFAULTS =
      new HttpLimits(64 * 1024, 96 * 1024, 64 * 1024, 30_000, 2_000);

  public HttpLimits {
    positive("startLineBytesMax", startLineBytesMax);
    positive("headerBytesMax", headerBytesMax);
    positive("pieceBytesMax", pieceBytesMax);
    positive("halfClosedMillis", halfClosedMillis);
    positive("lingerMillis", lingerMillis);
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }
}
