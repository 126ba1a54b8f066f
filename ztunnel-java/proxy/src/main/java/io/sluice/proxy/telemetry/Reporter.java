package io.sluice.proxy.telemetry;

/** Which side of an edge counted. */
public enum Reporter {
  SOURCE,
  DESTINATION
}
