package io.sluice.proxy.http.head;

/** What came is not an HTTP/1 message, or two implementations could read it in two ways. */
public final class BadMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * @param status that answers such a request: 400, 414, 431, 501 or 505
   * @param reason value, expectation
   */
  public BadMessageException(int status, String reason) {
    // Whoever sends it decides how often: no stack trace.
    super(reason, null, false, false);
    this.status = status;
  }

  public int status() {
    return status;
  }

  /** What is wrong. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
