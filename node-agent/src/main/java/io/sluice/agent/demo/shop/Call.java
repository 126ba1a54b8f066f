package io.sluice.agent.demo.shop;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One app's call to another, as an old program makes it: blocking, and with no time limit that
 * would help.
 *
 * @param status HTTP status; 0 when there was no answer
 * @param millis how long it took
 */
record Call(int status, Page page, long millis) {
  private static final int CONNECT_LIMIT_MILLIS = 10_000;

  /** Far above the 20 s that the story is about: only so that no process hangs for ever. */
  private static final int READ_LIMIT_MILLIS = 120_000;

  private static final int BODY_BYTES_MAX = 64 * 1024;

  static Call get(String url) {
    long start = System.nanoTime();
    try {
      HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      connection.setConnectTimeout(CONNECT_LIMIT_MILLIS);
      connection.setReadTimeout(READ_LIMIT_MILLIS);
      int status = connection.getResponseCode();
      Page page = Page.parse(body(connection, status));
      return new Call(status, page, millisSince(start));
    } catch (IOException failed) {
      return new Call(0, Page.empty().with("error", failed), millisSince(start));
    }
  }

  private static String body(HttpURLConnection connection, int status) throws IOException {
    try (@Nullable InputStream in =
        status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
      return in == null ? "" : new String(in.readNBytes(BODY_BYTES_MAX), StandardCharsets.UTF_8);
    }
  }

  private static long millisSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1_000_000;
  }

  /** What this call tells on the caller's page. */
  Page report(String name) {
    return Page.empty().with(name + "-status", status).with(name + "-ms", millis).and(page);
  }
}
