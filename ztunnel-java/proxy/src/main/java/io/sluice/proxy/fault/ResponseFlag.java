package io.sluice.proxy.fault;

/**
 * Envoy's short codes of why an exchange ended as it did; the value of the label {@code
 * response_flags}.
 */
public enum ResponseFlag {
  NONE("-"),
  DOWNSTREAM_CLOSED("DC"),
  DELAY_INJECTED("DI"),
  FAULT_INJECTED("FI"),
  DOWNSTREAM_PROTOCOL_ERROR("DPE"),
  NO_ROUTE("NR"),
  UPSTREAM_CONNECT_FAILED("UF"),
  UPSTREAM_CLOSED("UC"),
  NO_HEALTHY_ENDPOINT("UH"),
  UPSTREAM_OVERFLOW("UO"),
  RETRIES_EXHAUSTED("URX"),
  UPSTREAM_TIMEOUT("UT"),
  UPSTREAM_RESET("UR"),
  UPSTREAM_PROTOCOL_ERROR("UPE"),
  LOCAL_RESET("LR"),
  OUT_OF_MEMORY("OM");

  private final String code;

  ResponseFlag(String code) {
    this.code = code;
  }

  public String code() {
    return code;
  }
}
