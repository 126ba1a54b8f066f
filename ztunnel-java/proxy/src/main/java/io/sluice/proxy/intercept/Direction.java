package io.sluice.proxy.intercept;

/** Which way a connection crosses the pod's edge. */
public enum Direction {
  /** The pod's app called out. */
  OUTBOUND,
  /** Somebody called the pod's app. */
  INBOUND
}
