package io.sluice.agent.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * An answer.
 *
 * @param status HTTP status
 * @param contentType with charset
 * @param body writes it; may be large
 */
record Page(int status, String contentType, Body body) {
  static final String TEXT = "text/plain; charset=utf-8";
  static final String JSON = "application/json; charset=utf-8";

  /** Writes a body; does not close the stream. */
  @FunctionalInterface
  interface Body {
    void write(OutputStream out) throws IOException;
  }

  static Page text(int status, String text) {
    return of(status, TEXT, text);
  }

  static Page json(String json) {
    return of(200, JSON, json + "\n");
  }

  private static Page of(int status, String contentType, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Page(status, contentType, out -> out.write(bytes));
  }
}
