package io.sluice.agent.kernel.abi;

import java.util.Locale;

/**
 * What the BPF programs count: {@code enum sl_counter}, in its order. Names become metric labels.
 */
public enum Counter {
  /** IPv4 socket sent to the proxy. */
  REDIRECTED4,
  /** IPv6 socket with an IPv4 destination sent to the proxy. */
  REDIRECTED_MAPPED,
  /** Native IPv6 sent to the proxy. */
  REDIRECTED6,
  LETGO_OWN_SOCKET,
  LETGO_OWN_LISTENER,
  /** UDP, MPTCP, SCTP; of an MPTCP connection its TCP subflow is redirected. */
  LETGO_NOT_TCP,
  LETGO_LOOPBACK,
  LETGO_UNSPECIFIED,
  /** The metadata address 169.254.169.254 among them. */
  LETGO_LINK_LOCAL,
  LETGO_MULTICAST,
  LETGO_BOUND_DEVICE,
  /** The pod has no global IPv6 address. */
  LETGO_NO_IP6,
  LETGO_NOT_ENABLED,
  /** The kernel had no memory for the original destination. */
  LETGO_NO_STORAGE,
  /** The proxy accepted a connection with its original destination. */
  ACCEPTED_DST,
  /** An app accepted a connection of the proxy that shows the true client. */
  ACCEPTED_PEER,
  /** A pod has too many connections between connect and accept. */
  PENDING_FULL,
  /** A connection ended before it was accepted. */
  PENDING_LEFTOVER,
  LISTEN_OPENED,
  LISTEN_CLOSED,
  /** A pod listens on too many ports: this one is not steered. */
  LISTEN_FULL,
  STORAGE_FAILED,
  INBOUND_STEERED,
  INBOUND_OWN,
  INBOUND_NOT_POD_IP,
  INBOUND_NOT_ENABLED,
  INBOUND_NOT_LISTENING,
  INBOUND_NO_LISTENER,
  INBOUND_ASSIGN_FAILED,
  /** A connection of the proxy went to the app by itself: the proxy had done both sides. */
  INBOUND_STRAIGHT;

  /** For a metric's label: lower case. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
