package io.sluice.mesh.http;

/**
 * Fails a share of the requests before they leave.
 *
 * @param httpStatus answer, 200..599
 * @param percent 0..100, fractions allowed; absent in the resource means 0, never
 */
public record FaultAbort(int httpStatus, double percent) {
  public FaultAbort {
    if (httpStatus < 200 || httpStatus > 599) {
      throw new IllegalArgumentException("httpStatus: " + httpStatus + " (expected: 200..599)");
    }
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent: " + percent + " (expected: 0..100)");
    }
  }
}
