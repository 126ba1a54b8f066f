package io.sluice.proxy.upstream;

import java.util.Locale;

/** How it ended to ask for a name. */
public enum DnsResult {
  /** With addresses. */
  ANSWERED,
  /** The name does not exist. */
  NO_SUCH_NAME,
  /** The name exists and has no address. */
  NO_ADDRESS,
  /** No server answered in time. */
  TIMEOUT,
  /** The server wants nothing to do with us. */
  REFUSED,
  /** SERVFAIL and its like. */
  SERVER_FAILURE,
  /** The question could not be sent: no server is known, no socket can be had. */
  NOT_SENT;

  /** As metrics show it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
