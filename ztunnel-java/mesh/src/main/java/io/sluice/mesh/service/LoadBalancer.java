package io.sluice.mesh.service;

/** How an endpoint is chosen. */
public enum LoadBalancer {
  /** Power of two random choices by requests in flight; the default. */
  LEAST_REQUEST,
  ROUND_ROBIN,
  RANDOM
}
