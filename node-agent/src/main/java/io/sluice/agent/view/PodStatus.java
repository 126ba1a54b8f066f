package io.sluice.agent.view;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * One pod of this node.
 *
 * @param uid stable for the life of the pod
 * @param namespace Kubernetes namespace
 * @param name of the pod
 * @param netns path of its network namespace, e.g. {@code /run/netns/web}
 * @param state how far its enrolment is
 * @param detail why it is not enrolled, and what to do; may be empty
 * @param addresses the pod's addresses as text
 * @param listeners of the proxy inside the pod's namespace
 * @param connections open, taken in by the proxy; ≥ 0
 * @param older connections that were open before the enrolment
 */
public record PodStatus(
    String uid,
    String namespace,
    String name,
    String netns,
    State state,
    String detail,
    List<String> addresses,
    List<Listener> listeners,
    int connections,
    Older older) {

  /** How far the enrolment is. */
  public enum State {
    /** Listed, not enrolled yet. */
    PENDING,
    /** Its connections are taken in. */
    ENROLLED,
    /** Tried and not managed; tried again by the next reconcile. */
    FAILED,
    /** No new connections are taken in; the open ones come to their end. */
    DRAINING;

    /** Lower case, as JSON and the terminal show it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A listener of the proxy.
   *
   * @param role e.g. {@code OUTBOUND_V4}
   * @param port 1..65535
   */
  public record Listener(String role, int port) {
    public Listener {
      Objects.requireNonNull(role, "role");
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 1..65535)");
      }
    }
  }

  /**
   * Connections that were open before the pod's enrolment: no rule reaches them until the app opens
   * them anew.
   *
   * @param count all that are still open; ≥ 0
   * @param examples some of them as {@code local -> remote}, at most {@link #EXAMPLES_MAX}; more
   *     are left out
   */
  public record Older(int count, List<String> examples) {
    public static final int EXAMPLES_MAX = 10;
    public static final Older NONE = new Older(0, List.of());

    public Older {
      if (count < 0) {
        throw new IllegalArgumentException("count: " + count + " (expected: >= 0)");
      }
      examples = List.copyOf(examples.subList(0, Math.min(examples.size(), EXAMPLES_MAX)));
    }
  }

  public PodStatus {
    Objects.requireNonNull(uid, "uid");
    Objects.requireNonNull(namespace, "namespace");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(netns, "netns");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(detail, "detail");
    addresses = List.copyOf(addresses);
    listeners = List.copyOf(listeners);
    if (connections < 0) {
      throw new IllegalArgumentException("connections: " + connections + " (expected: >= 0)");
    }
    Objects.requireNonNull(older, "older");
  }

  /** State and reason in one phrase. */
  String explain() {
    return detail.isEmpty() ? state.text() : state.text() + ", " + detail;
  }
}
