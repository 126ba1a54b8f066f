package io.sluice.proxy.intercept;

/** Told to each connection of a pod, as a user event through its pipeline. */
public enum PodSignal {
  /** End when it suits: after the exchange that runs. */
  DRAIN,
  /** The pod is let go of; the connection is reset right after. */
  GONE
}
